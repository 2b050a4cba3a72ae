import Answers
import ArgumentParser
import Control
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

  static func text(_ count: Int) -> String {
    "\(Words.count(count, "delivery is", "deliveries are")) due at once, with all attempts to come: a running daemon "
      + "makes \(count == 1 ? "it" : "them") now, else the next 'watcher run' or 'watcher check' does"
  }

  func run() async throws {
    let outcome = try await change.apply { .retry($0) }
    let (count, enabled) = (outcome.count, outcome.enabled)
    for name in outcome.disabled.map(\.shown) {
      Output.warning(
        "nothing is sent to a disabled sink (\(name)): 'watcher deliveries retry --sink \(name)' enables it")
    }
    let lines = enabled.map { "sink \($0.shown) is enabled again" } + (count > 0 ? [Self.text(count)] : [])
    try change.print(
      json: .retried(count, enabled: enabled),
      nothing: "none of these has failed or was put off", text: lines.isEmpty ? nil : lines.map { $0 + "\n" }.joined())
  }
}
