import Answers
import ArgumentParser
import Control
import ImageModel
import Service

struct DeliveriesDropCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Forget deliveries that wait or have failed; events and history stay.",
    usage: "watcher deliveries drop [<options>] [<event> ...]",
    discussion: """
      Also while the daemon runs. Where nothing waits or has failed, there is nothing to do: that is an error (66) \
      only for events that are named.
      Example: watcher deliveries drop --sink ops --since 1d
      """)

  @OptionGroup var change: DeliveryChange

  static func text(_ count: Int) -> String {
    let rest = count == 1 ? "it is not sent any more, and its event stays" : "they are not sent any more; events stay"
    return "dropped \(Words.count(count, "delivery", "deliveries")): \(rest) recorded\n"
  }

  func run() async throws {
    let count = try await change.apply { .drop($0) }.outcome.count
    try change.print(
      json: .dropped(count), nothing: "none of these waits or has failed",
      text: count > 0 ? Self.text(count) : nil)
  }
}
