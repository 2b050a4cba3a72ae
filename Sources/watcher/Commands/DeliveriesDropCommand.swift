import ArgumentParser
import History
import ImageModel

struct DeliveriesDropCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drop", abstract: "Forget deliveries that wait or have failed; events and history stay.",
    usage: "watcher deliveries drop [<options>] [<event> ...]",
    discussion: """
      The daemon must not be running meanwhile.
      Example: watcher deliveries drop --sink ops --since 1d
      """)

  @OptionGroup var change: DeliveryChange

  func run() throws {
    let count = try change.apply { store, query in try store.dropDeliveries(query) }
    guard count > 0 else { throw DeliveryChange.nothing("none of these waits or has failed") }
    try change.print(
      json: .members(["dropped": .number(count)]),
      text: "dropped \(Words.count(count, "delivery", "deliveries"))\n")
  }
}
