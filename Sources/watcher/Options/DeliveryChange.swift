import ArgumentParser
import History
import ImageModel

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

  /// Runs `body` in one transaction. The database must be there already, and nobody else may write to it.
  func apply<T>(_ body: (HistoryTransaction, DeliveryQuery) throws -> T) throws -> T {
    let query = try selection.query(states: failed ? [.failed] : [.waiting, .failed], now: .now())
    let reader = try source.open()
    try DeliverySelection.check(query, in: reader)
    let writer = try Self.writer(reader.path)
    defer { writer.close() }
    return try writer.transactionSync { store in try body(store, query) }
  }

  /// - Parameter what: which was looked for in vain.
  static func nothing(_ what: String) -> CommandError {
    CommandError(.notFound, "nothing was changed (\(what)): 'watcher deliveries list' shows what there is")
  }

  func print(json document: JSONOutput, text: String) throws {
    try Output.write(json ? document.bytes + [UInt8(ascii: "\n")] : Array(text.utf8))
  }

  private static func writer(_ path: String) throws(CommandError) -> HistoryWriter {
    do {
      return try HistoryWriter.open(path)
    } catch {
      guard error.code == .locked else { throw CommandError(error) }
      throw CommandError(
        .locked, "the daemon holds the database (\(path.shown)): stop it, change the deliveries, and start it again")
    }
  }
}
