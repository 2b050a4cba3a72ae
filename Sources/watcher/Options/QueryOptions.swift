import ArgumentParser
import Config
import History

/// Where the queries find their database.
struct QueryOptions: ParsableArguments {
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  func open() throws -> HistoryReader { try HistoryReader.open(path()) }

  /// The configuration is read only where it can have a say.
  func path() throws -> String {
    let location = database.location
    let configured = location.isNamed ? nil : try config.file.database()
    return try location.path(configured: configured)
  }
}
