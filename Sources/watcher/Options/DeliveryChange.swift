import ArgumentParser
import Control
import FoundationEssentials
import History
import Host
import ImageModel
import Questions
import Service

/// What the commands have in common that change deliveries.
struct DeliveryChange: ParsableArguments {
  @OptionGroup var selection: DeliverySelection
  @Flag(help: "Only those that were given up.")
  var failed = false
  @Flag(help: "All of them, to every sink.")
  var all = false
  @Flag(help: "Print JSON instead of text.")
  var json = false
  @OptionGroup var source: QueryOptions

  func validate() throws {
    let isNarrowed = failed || !selection.isEmpty
    if !isNarrowed && !all { throw ValidationError("say which: events, --sink, --since, --failed, or --all") }
    if isNarrowed && all { throw ValidationError("--all stands alone: leave out what narrows it") }
  }

  /// Does it in one transaction, or lets the daemon do it that holds the database. The database must be there already.
  func apply(
    _ request: (DeliveryQuery) -> ControlRequest
  ) async throws -> (outcome: DeliveryOutcome, isByDaemon: Bool) {
    let now = Timestamp.now()
    let query = try selection.query(states: failed ? [.failed] : [.waiting, .failed], now: now)
    TimeArgument.warn(since: query.since, now: now, zone: TimeText(isLocal: false))
    let reader = try source.open(toChange: true)
    try DeliverySelection.check(query, in: reader)
    let request = request(query)
    return try await HeldDatabase.perform(reader.path) {
      let writer = try HistoryWriter.open(reader.path)
      defer { writer.close() }
      let outcome = try await writer.transaction { store in try DeliveryOutcome(request, in: store) }
      return (outcome ?? DeliveryOutcome(count: 0), false)
    } asking: { () throws(ControlError) in
      let reply = try ControlClient.ask(
        request, database: reader.path, environment: ProcessInfo.processInfo.environment)
      return (try DeliveryOutcome(reply: reply), true)
    }
  }

  /// That there was nothing to do is success, unless it was asked of events by name.
  ///
  /// - Parameters:
  ///   - nothing: what to say where nothing was done.
  ///   - text: what was done.
  func print(json document: JSONOutput, nothing: String, text: String?) throws {
    guard text != nil || selection.events.isEmpty else {
      throw CommandError(
        .notFound, "nothing was changed (\(nothing)): 'watcher deliveries list' shows what there is")
    }
    let text = text ?? "nothing to do: \(nothing)\n"
    try json ? Output.write(document.bytes + [UInt8(ascii: "\n")]) : Output.print(text)
  }
}
