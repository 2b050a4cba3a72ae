import Answers
import ArgumentParser
import Control
import History
import ImageModel
import Service

struct DeliveriesRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Make deliveries due at once that have failed or were put off.",
    usage: "watcher deliveries retry [<options>] [<event> ...]",
    discussion: """
      A disabled sink that is named with --sink is tried again, and one whose receiver has asked for time is not left \
      alone any longer. A daemon that runs takes it over at once. Where nothing has failed or was put off, there is \
      nothing to do: that is an error (66) only for events that are named.
      Example: watcher deliveries retry --sink ops
      """)

  @OptionGroup var change: DeliveryChange

  /// What happens to deliveries that are due now.
  ///
  /// - Parameter isDaemonRunning: whether one has made them due.
  static func text(_ count: Int, isDaemonRunning: Bool) -> String {
    let what = "\(Words.count(count, "delivery is", "deliveries are")) due at once, with all attempts to come: "
    let them = count == 1 ? "it" : "them"
    return what
      + (isDaemonRunning ? "the daemon makes \(them) now" : "the next 'watcher run' or 'watcher check' makes \(them)")
  }

  static func text(_ held: DeliveryOutcome.Held) -> String {
    "\(Words.count(held.count, "delivery waits", "deliveries wait")) with all attempts to come: "
      + "\(held.count == 1 ? "its" : "their") sink is \(held.state.rawValue) (\(held.sink.shown))"
  }

  static func warning(_ held: DeliveryOutcome.Held) -> String {
    let name = held.sink.shown
    let advice =
      held.state == .removed
      ? "put it back into the configuration, or 'watcher deliveries drop --sink \(name)' gives up what waits"
      : "'watcher deliveries retry --sink \(name)' enables it"
    return "nothing is sent to a \(held.state.rawValue) sink (\(name)): \(advice)"
  }

  func run() async throws {
    let (outcome, isDaemonRunning) = try await change.apply { .retry($0) }
    let held = outcome.held.filter { $0.count > 0 }
    let due = outcome.count - held.reduce(0) { $0 + $1.count }
    for sink in outcome.held { Output.warning(Self.warning(sink)) }
    let lines =
      outcome.enabled.map { "sink \($0.shown) is enabled again" }
      + (due > 0 ? [Self.text(due, isDaemonRunning: isDaemonRunning)] : []) + held.map(Self.text)
    try change.print(
      json: .retried(outcome.count, enabled: outcome.enabled),
      nothing: "none of these has failed or was put off", text: lines.isEmpty ? nil : lines.map { $0 + "\n" }.joined())
  }
}
