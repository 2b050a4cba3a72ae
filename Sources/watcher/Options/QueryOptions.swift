import ArgumentParser
import History

/// Where the queries find their database.
struct QueryOptions: ParsableArguments {
  @OptionGroup var config: ConfigOption
  @OptionGroup var database: DatabaseOption

  /// The configuration is read only where it can have a say.
  func open() throws -> HistoryReader {
    let location = database.location
    let configured = location.isNamed ? nil : try config.file.optional().database
    return try HistoryReader.open(try location.path(configured: configured))
  }
}
