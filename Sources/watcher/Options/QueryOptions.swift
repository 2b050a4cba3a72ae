import ArgumentParser
import Config
import Control
import FoundationEssentials
import History
import ImageModel

/// Where the queries find their database.
struct QueryOptions: ParsableArguments {
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  /// - Parameters: as of `path`.
  func open(
    toChange isWriter: Bool = false, needsAll: Bool = false, say: (String) -> Void = Output.say
  ) throws -> HistoryReader {
    let path = try path(toChange: isWriter, needsAll: needsAll, say: say)
    do throws(StoreError) {
      return try HistoryReader.open(path)
    } catch {
      guard error.code == .missing, !database.location.isNamed, isAnotherServed(beside: path) else { throw error }
      throw CommandError(
        .notFound,
        "there is no database (\(path.shown)), and a daemon runs on another one: restart it if \"database\" has "
          + "changed, or name its own with --database")
    }
  }

  /// Whether the daemon that would be asked for this database has another: it keeps the one that it was started with.
  private func isAnotherServed(beside path: String) -> Bool {
    do throws(ControlError) {
      _ = try ControlClient.health(database: path, environment: ProcessInfo.processInfo.environment)
      return false
    } catch {
      return error.code == .otherDatabase
    }
  }

  /// The configuration is read only where it can have a say.
  ///
  /// - Parameters:
  ///   - isWriter: whether something is to be changed: then a configuration that is not there, perhaps misspelt, must
  ///     not lead to another database.
  ///   - needsAll: whether without a daemon the rest of the configuration is needed as well.
  /// - Throws: status 78 where it cannot be said which database is meant.
  func path(
    toChange isWriter: Bool = false, needsAll: Bool = false, say: (String) -> Void = Output.say
  ) throws -> String {
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
    return try location.path(configured: config.file.database(needsAll: needsAll, say: say))
  }
}
