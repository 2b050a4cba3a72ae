import ArgumentParser
import Daemon
import ImageModel

struct DeliveriesDropCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Forget deliveries that wait or have failed; events and history stay.",
    usage: "watcher deliveries drop [<options>] [<event> ...]",
    discussion: """
      Also while the daemon runs.
      Example: watcher deliveries drop --sink ops --since 1d
      """)

  @OptionGroup var change: DeliveryChange

  func run() throws {
    let count = try change.apply { .drop($0) }.count
    guard count > 0 else { throw DeliveryChange.nothing("none of these waits or has failed") }
    try change.print(
      json: .members(["dropped": .number(count)]),
      text: "dropped \(Words.count(count, "delivery", "deliveries"))\n")
  }
}
