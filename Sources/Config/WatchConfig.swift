package import ImageModel
import StrictJSON

/// A configuration that is valid. Source: docs/configuration.md.
package struct WatchConfig: Sendable {
  /// Path of the database, if the file names one.
  package var database: String?
  /// The tags to watch, in the order of the file, none twice.
  package var watch: [WatchEntry] = []
  /// Repositories of which tags are watched, none twice.
  package var repositories: [RepositoryEntry] = []
  /// By domain as references have it, `host[:port]`.
  package var registries: [String: RegistrySettings] = [:]
  /// Those of them at which nothing is watched.
  package var unusedRegistries: Set<String> = []
  /// Of registries that have none there.
  package var logins = LoginSetting.found
  /// `nil` for those of the environment.
  package var proxy: ProxyChoice?
  /// In the order of the file; one `stdout` sink where it has none.
  package var sinks: [SinkSettings] = []
  /// What a tag outside the watchlist is polled with.
  package var defaults = WatchDefaults()
  /// `address:port`.
  package var httpListen: String?
  package var pages = PageSettings()
  /// What whoever sends a hint has to know; `nil`: none is taken.
  package var hintSecret: SecretFile?
  package var log = LogSettings()
  package var retention = RetentionSettings()
  /// What is valid and never works, whatever is outside; at most a hundred.
  package var faults: [ConfigProblem] = []
  /// What is valid and likely a mistake; at most a hundred.
  package var warnings: [ConfigProblem] = []
  /// The file that it was read from, as the user named it.
  package var path = ""
  /// Where what names something outside is set: a problem that lacks its reason.
  var places: [OutsideSetting: ConfigProblem] = [:]

  /// Reads a configuration and checks all of it but what is outside: no file it names is opened.
  ///
  /// - Parameters:
  ///   - bytes: the file's content.
  ///   - path: of the file, for messages; paths in it are relative to its directory.
  /// - Throws: everything that is wrong, in one go.
  package static func parse(_ bytes: [UInt8], path: String) throws(ConfigProblems) -> WatchConfig {
    var reader = ConfigReader(SourceDocument(bytes, path: path))
    var config = WatchConfig()
    do {
      let document = try StrictJSON.parseCollectingRepeatedKeys(bytes, limits: limits)
      for error in document.repeatedKeys {
        let first = error.first.map { ", at \(reader.source.place(at: $0))" } ?? ""
        reader.error(at: error.offset, error.message + first)
      }
      config = reader.config(document.value)
    } catch {
      let isEmpty = bytes.allSatisfy { [0x20, 0x09, 0x0a, 0x0d].contains($0) }
      let hint = isEmpty ? #"the file is empty; {"watch": ["amazonlinux:latest"]} is enough"# : error.code.hint
      reader.error(at: error.offset, error.message, hint: hint)
    }
    guard reader.errors.isEmpty else {
      throw ConfigProblems(
        problems: reader.problems(reader.errors, .error, atMost: ConfigProblems.kept), count: reader.errors.count)
    }
    config.warnings = reader.problems(reader.warnings, .warning, atMost: ConfigProblems.keptRemarks)
    config.faults = reader.problems(reader.faults, .error, atMost: ConfigProblems.keptRemarks)
    config.path = path
    config.places = reader.places()
    return config
  }

  /// Room for the largest watchlist, with every key on every entry.
  static let limits = JSONLimits(
    depth: Limits.jsonDepth, bytes: Limits.configurationBytes, values: 40 * Limits.watchedTags)
}
