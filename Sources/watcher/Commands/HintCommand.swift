import ArgumentParser
import Control
import FoundationEssentials
import ImageModel
import Questions
import Service

struct HintCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hint", abstract: "Have the daemon poll tags that were pushed.",
    usage: "watcher hint [<options>] <tag> ...",
    discussion: """
      As a registry does that sends hints (docs/guide.md). They are polled half a second later, and after 30 s \
      and 120 s while nothing has changed, each at most once in 10 s. It does not wait for that: see 'watcher check'.
      Example: watcher hint ghcr.io/myorg/app:stable
      Exit status: 0; 66 none of the tags is watched; 69 no daemon runs.
      """)

  @Argument(
    help: ArgumentHelp("Tags that were pushed: ghcr.io/o/i:1", valueName: "tag"), completion: Completions.tags)
  var tags: [String]
  @Flag(help: "Print JSON instead of text.")
  var json = false
  @OptionGroup var source: QueryOptions

  func run() async throws {
    let tags = try ReferenceArgument.tags(tags) ?? []
    let path = try source.path(toChange: true)
    let unwatched = try await HeldDatabase.perform(path) { () throws -> [TagReference] in
      throw CommandError(
        .unavailable, "no daemon runs that could poll (\(path.shown)): start it, or use 'watcher check'")
    } asking: { () throws(ControlError) in
      try ControlClient.hint(tags, database: path, environment: ProcessInfo.processInfo.environment)
    }
    guard unwatched.count < tags.count else {
      let names = tags.count == 1 ? "the tag is not" : "none of the tags is"
      throw CommandError(
        .notFound,
        "\(names) watched (\(tags[0].familiar.shown)): add it to 'watch', or use 'watcher check', which polls any tag")
    }
    let watched = tags.count - unwatched.count
    if json {
      let document = JSONOutput.members([
        "watched": .number(watched), "unwatched": .array(unwatched.map { .text($0) }),
      ])
      return try Output.write(document.bytes + [UInt8(ascii: "\n")])
    }
    var text = tags.count == 1 ? "it is polled soon\n" : "\(watched) of \(Words.count(tags.count, "tag")) polled soon\n"
    for tag in unwatched { text += "not watched: \(tag.familiar.shown)\n" }
    try Output.write(Array(text.utf8))
  }
}
