import Answers
import ArgumentParser
import Config
import FoundationEssentials
import History
import ImageModel
import Questions
import Service

struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Ask a registry what a reference is now; keep nothing.",
    usage: "watcher resolve [<options>] <image>",
    discussion: """
      Example: watcher resolve amazonlinux --platform linux/arm64
      Exit status: 0; 66 not found; 77 refused; 69 the registry cannot be asked.
      """)

  @Argument(
    help: "A tag or a digest reference: amazonlinux, ghcr.io/o/i:1, debian@sha256:...", completion: Completions.tags)
  var image: String
  @Option(
    help: ArgumentHelp("Only this platform; may be repeated.", valueName: "os/arch"), completion: Completions.platforms)
  var platform: [String] = []
  @Flag(help: "Print the exact bytes of the top document and nothing else.")
  var raw = false
  @Flag(name: .shortAndLong, help: "Tell of each request and decision on standard error, secrets masked.")
  var verbose = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var config: ConfigOption

  func validate() throws {
    if raw && output.output.json { throw ValidationError("--raw and --json exclude each other") }
  }

  func run() async throws {
    let reference = try ReferenceArgument.reference(image)
    do {
      try await show(reference)
    } catch let failure as CheckFailure {
      throw CommandError(failure, about: reference)
    }
  }

  private func show(_ reference: ImageReference) async throws {
    let platforms = try ReferenceArgument.platforms(platform)
    let settings = try config.file.optional()
    let progress = ProgressLine()
    defer { progress.clear() }
    if !verbose { progress.show("asking \(reference.domain.shown)") }
    let resolution = try await Resolver.resolve(
      reference, selection: platforms.isEmpty ? .all : .only(platforms),
      wasSeen: Self.wasSeen(reference, settings.database), config: settings,
      environment: ProcessInfo.processInfo.environment, trace: verbose ? Self.trace : nil,
      tell: {
        progress.clear()
        Output.say("warning: \($0)".shown)
      })
    progress.clear()
    if raw { return try Output.write(resolution.top.bytes) }
    let present = resolution.snapshot.images.map(\.platform)
    let missing = MissingPlatforms.among(present, asked: platforms)
    // Where nothing was found there is nothing to print; where something was, the rest is an error beside it.
    if platforms.isEmpty || missing.count < platforms.count {
      let answer = ResolveAnswer(reference: reference, snapshot: resolution.snapshot)
      try output.print(json: answer.json, text: ResolveRendering(answer: answer).text)
      // The text has them.
      if output.output.json { for remark in resolution.snapshot.remarks { Output.say("note: \(remark)".shown) } }
    }
    guard missing.isEmpty else {
      let there = MissingPlatforms.names(present.compactMap(\.self) + resolution.snapshot.otherPlatforms)
      throw CommandError(
        .notFound,
        "there is no image for \(MissingPlatforms.names(missing)) (\(reference.description.shown)): "
          + (there.isEmpty ? "it has no image of any platform" : "there is one for \(there)"))
    }
  }

  /// Whether a database that is at hand knows the tag to have been there. Only the words of a failure depend on it.
  private static func wasSeen(_ reference: ImageReference, _ configured: String?) -> Bool {
    let location = DatabaseLocation(option: nil, environment: ProcessInfo.processInfo.environment)
    guard let tag = reference.tagReference, let path = try? location.path(configured: configured),
      let known = try? HistoryReader.open(path).status([tag]).tags.first
    else { return false }
    return known.record.state.lastSuccess != nil
  }

  @Sendable private static func trace(_ line: String) { Output.say(line.safe(limit: 4_096)) }
}
