import Answers
import ArgumentParser
import Config
import Control
import FoundationEssentials
import History
import Host
import ImageModel
import Service

struct DbPruneCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune", abstract: "Forget now what 'retention' of the configuration does not keep.",
    usage: "watcher db prune [<options>]",
    discussion: """
      The daemon does it every hour by itself. Beside a running daemon it is the daemon that does it, as its own \
      configuration says. What is old is counted from the last time that a registry's date agreed with this machine's \
      clock. The file does not shrink: what becomes free is used again.
      Example: watcher db prune --config /etc/watcher/config.json
      """)

  @Flag(help: "Print JSON instead of text.")
  var json = false
  @OptionGroup var source: QueryOptions

  func run() async throws {
    let reader = try source.open(toChange: true, needsAll: true)
    let path = reader.path
    let pruned = try await HeldDatabase.perform(path) {
      let writer = try HistoryWriter.open(path)
      defer { writer.close() }
      // Not by the defaults: what a configuration that cannot be read keeps would be lost.
      return try await Pruning.run(source.config.file.required().retention, writer)
    } asking: { () throws(ControlError) in
      try Pruned(reply: ControlClient.ask(.prune, database: path, environment: ProcessInfo.processInfo.environment))
    }
    if let remark = Self.remark(on: try reader.agreedTime(), now: .now()) { Output.warning(remark) }
    try json ? Output.write(pruned.json.bytes + [UInt8(ascii: "\n")]) : Output.print(Self.text(pruned))
  }

  /// Why less is forgotten than the clock says; `nil` where it is right.
  static func remark(on agreed: Timestamp?, now: Timestamp) -> String? {
    guard let agreed else {
      return "nothing is forgotten, for no registry has confirmed this machine's clock yet: run 'watcher check' once"
    }
    guard agreed < now.advanced(bySeconds: -86_400) else { return nil }
    return "what is old is counted from \(agreed), when a registry last confirmed this machine's clock: "
      + "run 'watcher check' for less to stay"
  }

  static func text(_ pruned: Pruned) -> String {
    let parts = [
      Words.count(pruned.snapshots, "snapshot"), Words.count(pruned.events, "event"),
      Words.count(pruned.documents, "document"), Words.count(pruned.deliveries, "delivery", "deliveries"),
    ]
    return "forgot " + parts.joined(separator: ", ") + "\n"
  }
}
