import Answers
import ArgumentParser
import Config
import Containers
import FoundationEssentials
import History
import Host
import ImageModel
import Questions
import Service

struct DriftCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drift",
    abstract: "Show which containers run what their tags name now, and how far others are behind.",
    usage: "watcher drift [<options>] [<container> ...]",
    discussion: """
      Example: watcher drift --from pods.json --exit-code
      Exit status: 0; with --exit-code 1 if any is behind; 66 no such container or file; 69 no engine.
      """)

  @Argument(
    help: ArgumentHelp(
      "Names of containers, or their IDs; of a Pod's <namespace>/<pod>/<container>, or its beginning.",
      valueName: "container"))
  var containers: [String] = []
  @OptionGroup var place: ContainerOptions
  @Flag(help: "Containers that do not run as well.")
  var all = false
  @Flag(help: "Ask the registries of tags that are not in the history; nothing of it is kept.")
  var resolve = false
  @Flag(help: "Exit with 1 when any of these containers is behind.")
  var exitCode = false
  @OptionGroup var output: TimedOutputOptions
  @OptionGroup var source: QueryOptions

  func run() async throws {
    let reader = try source.open()
    let (origin, found) = try await self.found(all: all)
    let chosen = ContainerChoice(names: containers, all: all).pick(found)
    let now = Timestamp.now()
    var drifts = try reader.drift(of: chosen.containers, now: now)
    if resolve { drifts = try await resolved(drifts) }
    let answer = DriftAnswer(source: origin, containers: drifts)
    try output.print(json: answer.json, text: DriftRendering(answer: answer, now: now).text)
    if !chosen.unknown.isEmpty {
      // An engine was asked for those that run alone.
      let there = all || place.from != nil ? found : try await self.found(all: true).containers
      throw chosen.error(in: origin, there)
    }
    if exitCode, drifts.contains(where: { $0.state == .behind }) { throw CommandStatus.changesFound }
  }

  private func found(
    all: Bool
  ) async throws(CommandError) -> (place: String, containers: [RunningContainer]) {
    if let from = place.from { return (from, try ContainerSource.read(from)) }
    return try await place.ask(all: all)
  }

  /// Each tag is asked for once. One whose registry cannot be asked stays unwatched, and says why.
  private func resolved(_ drifts: [ContainerDrift]) async throws -> [ContainerDrift] {
    let config = try source.config.file.optional()
    let progress = ProgressLine()
    defer { progress.clear() }
    var known: [TagReference: Result<TagSnapshot, CheckFailure>] = [:]
    var resolved: [ContainerDrift] = []
    for var drift in drifts {
      // What Podman builds or is told to call so is in no registry.
      if drift.state == .unwatched, let tag = drift.tag, tag.domain != "localhost" {
        progress.show("asking \(tag.domain.shown)")
        let reference = try ReferenceArgument.reference(tag.description)
        if known[tag] == nil { known[tag] = await now(reference, config) }
        switch known[tag] {
        case .success(let snapshot): drift = drift.resolved(snapshot)
        case .failure(let failure): drift.reason = failure.what
        case nil: break
        }
      }
      resolved.append(drift)
    }
    return resolved
  }

  private func now(_ reference: ImageReference, _ config: WatchConfig) async -> Result<TagSnapshot, CheckFailure> {
    do throws(CheckFailure) {
      return .success(
        try await Resolver.resolve(
          reference, selection: .all, wasSeen: false, config: config,
          environment: ProcessInfo.processInfo.environment, tell: { Output.say("warning: \($0)".shown) }
        ).snapshot)
    } catch {
      return .failure(error)
    }
  }
}
