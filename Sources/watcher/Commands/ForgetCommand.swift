import Answers
import ArgumentParser
import Control
import FoundationEssentials
import Glibc
import History
import Host
import ImageModel
import Questions
import Service

struct ForgetCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Remove a tag that is not watched, with its history and its events.",
    usage: "watcher forget [<options>] <tag>",
    discussion: """
      Also while the daemon runs. What a sink still waits for is kept until it has arrived or is dropped. A tag that \
      is watched is not forgotten: take it out of the configuration first.
      Example: watcher forget ghcr.io/myorg/old:stable
      Exit status: 0; 64 it is watched, or is taken up again before all of it is gone, or there is nobody to ask; \
      66 nothing is known of it.
      """)

  @Argument(help: "A tag: amazonlinux, ghcr.io/o/i:1", completion: Completions.tags)
  var tag: String
  @Flag(help: "Do not ask.")
  var yes = false
  @Flag(help: "Print JSON instead of text.")
  var json = false
  @OptionGroup var source: QueryOptions

  func run() async throws {
    let tag = try ReferenceArgument.tag(tag)
    let reader = try source.open(toChange: true)
    guard let extent = try reader.extent(of: tag) else { throw try KnownTags.unknown([tag], in: reader) }
    guard !extent.isWatched else { throw Self.refusal(TagInUse(), tag, reader.path) }
    guard try yes || isWanted(tag, extent) else {
      return Output.say("nothing was forgotten")
    }
    let forgotten = try await HeldDatabase.perform(reader.path) {
      let writer = try HistoryWriter.open(reader.path)
      defer { writer.close() }
      do {
        guard let forgotten = try await Forgetting.run(tag, writer) else {
          throw try KnownTags.unknown([tag], in: reader)
        }
        return forgotten
      } catch let error as TagInUse {
        throw Self.refusal(error, tag, reader.path)
      }
    } asking: { () throws(ControlError) in
      try Forgotten(
        reply: ControlClient.ask(
          .forget(tag), database: reader.path, environment: ProcessInfo.processInfo.environment))
    }
    let text = Self.text(forgotten, tag)
    try Output.write(json ? forgotten.json(of: tag).bytes + [UInt8(ascii: "\n")] : Array(text.utf8))
  }

  static func text(_ forgotten: Forgotten, _ tag: TagReference) -> String {
    var text = "\(tag.familiar.shown): \(DbPruneCommand.text(forgotten.pruned))"
    if forgotten.kept > 0 {
      text += "still to be delivered: \(Words.count(forgotten.kept, "event")), kept until then; "
      text += "see 'watcher deliveries list'\n"
    }
    return text
  }

  private static func refusal(_ error: TagInUse, _ tag: TagReference, _ path: String) -> CommandError {
    CommandError(.usage, error.message(tag, database: path).shown)
  }

  private func isWanted(_ tag: TagReference, _ extent: TagExtent) throws -> Bool {
    guard Terminal.isTerminal(STDIN_FILENO) else {
      throw CommandError(.usage, "there is no terminal to ask on (standard input): say --yes to forget without asking")
    }
    let states = Words.count(extent.snapshots, "state")
    Output.ask("forget \(tag.familiar.shown) with \(states) and \(Words.count(extent.events, "event"))? [y/N] ")
    return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
  }
}
