/// A setting that names something outside of the configuration: a file, a directory, an address. Only who uses it can
/// say whether it is any good.
package enum OutsideSetting: Hashable, Sendable {
  case database
  case listen
  case dockerConfig
  /// - Parameter key: of a header file, the header's name.
  case sink(String, key: String)
  /// Of a registry by its domain.
  case registry(String, key: String)
  case proxyPassword
  case hintSecret
  case pagePassword
}

extension WatchConfig {
  /// What is wrong with something that a setting names, at the place of that setting.
  ///
  /// - Parameters:
  ///   - setting: `nil` where none says so, but a default or the environment.
  ///   - message: begins with what is named, without the key.
  package func problem(
    _ setting: OutsideSetting?, _ severity: ConfigProblem.Severity, _ message: String, hint: String? = nil
  ) -> ConfigProblem {
    guard let place = setting.flatMap({ places[$0] }) else {
      return ConfigProblem(severity, path: path, message, hint: hint)
    }
    return ConfigProblem(
      severity: severity, path: place.path, line: place.line, column: place.column,
      message: "\(place.message): \(message)", hint: hint, sourceLine: place.sourceLine, caret: place.caret)
  }
}

extension ConfigReader {
  /// A problem without a reason for each setting that was noted.
  mutating func places() -> [OutsideSetting: ConfigProblem] {
    var places: [OutsideSetting: ConfigProblem] = [:]
    for (setting, place) in outside {
      places[setting] = source.problem(Finding(offset: place.offset, message: quoted(place.key), hint: nil), .error)
    }
    return places
  }
}
