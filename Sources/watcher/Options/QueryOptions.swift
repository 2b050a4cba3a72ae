import ArgumentParser
import Config
import History

/// Where the queries find their database.
struct QueryOptions: ParsableArguments {
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func open(toChange isWriter: Bool = false, say: (String) -> Void = Output.say) throws -> HistoryReader {
    try HistoryReader.open(path(toChange: isWriter, say: say))
  }

  /// The configuration is read only where it can have a say.
  ///
  /// - Parameter isWriter: whether something is to be changed: then a configuration that is not there, perhaps
  ///   misspelt, must not lead to another database.
  /// - Throws: status 78 where it cannot be said which database is meant.
  func path(toChange isWriter: Bool = false, say: (String) -> Void = Output.say) throws -> String {
    let location = database.location
    guard !location.isNamed else { return try location.path(configured: nil) }
    if !isWriter, config.file.isGone {
      let path = try location.path(configured: nil)
      if DatabaseLock.isHeld(for: path) {
        say(
          "watcher: warning: the configuration is gone (\(config.file.path.shown)): asking the daemon of \(path.shown)")
        return path
      }
    }
    return try location.path(configured: config.file.database(say: say))
  }
}
