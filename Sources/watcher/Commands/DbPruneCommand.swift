import ArgumentParser
import Daemon
import FoundationEssentials
import History
import ImageModel

struct DbPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Forget now what 'retention' of the configuration does not keep.",
    usage: "watcher db prune [<options>]",
    discussion: """
      The daemon does it every hour by itself. Beside a running daemon it is the daemon that does it, as its own
      configuration says. The file does not shrink: what becomes free is used again.
      Example: watcher db prune --config /etc/watcher/config.json
      """)

  @Flag(help: "Print JSON instead of text.")
  var json = false
  @OptionGroup var source: QueryOptions

  func run() async throws {
    let path = try source.open().path
    let pruned: Pruned
    do {
      let writer = try HistoryWriter.open(path)
      defer { writer.close() }
      // Not by the defaults: what a configuration that cannot be read keeps would be lost.
      pruned = try await Pruning.run(source.config.file.required().retention, writer)
    } catch let error as StoreError where error.code == .locked {
      pruned = try HeldDatabase.ask { () throws(ControlError) in
        try Pruned(
          reply: ControlClient.ask(.prune, database: path, environment: ProcessInfo.processInfo.environment))
      }
    }
    try Output.write(json ? pruned.json.bytes + [UInt8(ascii: "\n")] : Array(Self.text(pruned).utf8))
  }

  static func text(_ pruned: Pruned) -> String {
    let parts = [
      Words.count(pruned.snapshots, "snapshot"), Words.count(pruned.events, "event"),
      Words.count(pruned.documents, "document"), Words.count(pruned.deliveries, "delivery", "deliveries"),
    ]
    return "forgot " + parts.joined(separator: ", ") + "\n"
  }
}
