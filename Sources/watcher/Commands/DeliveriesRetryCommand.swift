import ArgumentParser
import History
import ImageModel

struct DeliveriesRetryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Make deliveries due at once that have failed or were put off.",
    usage: "watcher deliveries retry [<options>] [<event> ...]",
    discussion: """
      A disabled sink that is named with --sink is tried again. The daemon must not be running meanwhile.
      Example: watcher deliveries retry --sink ops
      """)

  @OptionGroup var change: DeliveryChange

  func run() throws {
    let (count, enabled) = try change.apply { store, query in
      (try store.retryDeliveries(query), try store.enableSinks(query.sinks))
    }
    guard count > 0 || !enabled.isEmpty else { throw DeliveryChange.nothing("none of these has failed or was put off") }
    let due = "\(Words.count(count, "delivery", "deliveries")) due at once: 'watcher run' or 'watcher check' makes them"
    let lines = enabled.map { "enabled sink \($0.shown)" } + (count > 0 ? [due] : [])
    try change.print(
      json: .members(["retried": .number(count), "enabled": .array(enabled.map { .string($0) })]),
      text: lines.map { $0 + "\n" }.joined())
  }
}
