import ArgumentParser
import Daemon
import FoundationEssentials
import ImageModel

struct ResolveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Ask a registry what a reference is now; keep nothing.",
    discussion: "Exit status: 0; 66 not found; 77 refused; 69 the registry cannot be asked.")

  @Argument(help: "A tag or a digest reference: amazonlinux, ghcr.io/o/i:1, debian@sha256:…")
  var image: String
  @Option(help: ArgumentHelp("Only this platform; may be repeated.", valueName: "os/arch"))
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
    let platforms = try ReferenceArgument.platforms(platform)
    let settings = try config.file.optional()
    let resolution = try await Resolver.resolve(
      reference, selection: platforms.isEmpty ? .all : .only(platforms), config: settings,
      environment: ProcessInfo.processInfo.environment, trace: verbose ? Self.trace : nil)
    if raw { return try Output.write(resolution.top.bytes) }
    let rendering = ResolveRendering(reference: reference, snapshot: resolution.snapshot)
    try output.print(json: rendering.json, text: rendering.text)
    let missing = Self.missing(platforms, in: resolution.snapshot)
    guard missing.isEmpty else {
      let names = missing.map(\.description.shown).joined(separator: ", ")
      throw CommandError(
        .notFound, "no image for a platform (\(reference.description.shown): \(names)): leave --platform out to see all"
      )
    }
  }

  @Sendable private static func trace(_ line: String) { Output.say(line.safe(limit: 4_096)) }

  /// The platforms asked for that have no image; one of unknown platform may be any.
  static func missing(_ platforms: [Platform], in snapshot: TagSnapshot) -> [Platform] {
    let present = snapshot.images.map(\.platform)
    return present.contains(nil) || platforms.isEmpty
      ? [] : PlatformSelection.only(platforms).missing(from: present.compactMap { $0 })
  }
}
