import ImageModel
import StrictJSON

extension ConfigReader {
  /// The whole document. What is returned counts only if no error was found.
  mutating func config(_ value: JSONValue) -> WatchConfig {
    var config = WatchConfig()
    guard let root = root(value) else { return config }
    config.database = database(root)
    config.sinks = sinks(root)
    let names = config.sinks.map(\.name)
    config.defaults = defaults(root, sinkNames: names)
    config.registries = registries(root)
    config.logins = logins(root)
    config.proxy = proxy(root)
    let list = watchlist(root, defaults: config.defaults, sinkNames: names)
    config.watch = list.entries
    config.repositories = list.repositories
    warnOfUnused(root, &config)
    warnOfSilence(root, config)
    http(root, &config)
    config.log = log(root)
    config.retention = retention(root)
    return config
  }

  /// The object at the top.
  mutating func root(_ value: JSONValue) -> Section? { section(value, "the configuration", ConfigKeys.root) }

  mutating func database(_ root: Section) -> String? {
    guard let path = path(root, ConfigKeys.database) else { return nil }
    note(.database, ConfigKeys.database, at: root.offset(ConfigKeys.database))
    return source.located(path)
  }

  private mutating func logins(_ root: Section) -> LoginSetting {
    guard let value = root["docker_config_file"] else { return .found }
    if case .bool(let isWanted) = value.kind {
      if isWanted {
        error(
          at: value.offset, "\"docker_config_file\" must be a path, {\"credential\": \"id\"} or false",
          hint: "leave it out for the files that are found by themselves")
      }
      return .none
    }
    return file(value, "docker_config_file", of: { _ in .dockerConfig }).map { .file($0) } ?? .none
  }

  private mutating func log(_ root: Section) -> LogSettings {
    var settings = LogSettings()
    guard let log = section(root, "log") else { return settings }
    settings.level = choice(log, "level") ?? settings.level
    settings.format = choice(log, "format") ?? settings.format
    return settings
  }

  private mutating func retention(_ root: Section) -> RetentionSettings {
    var settings = RetentionSettings()
    guard let retention = section(root, "retention") else { return settings }
    if let history = period(retention, "history") { settings.historySeconds = history.seconds }
    if let deliveries = period(retention, "deliveries") { settings.deliveriesSeconds = deliveries.seconds }
    return settings
  }

  /// A duration or `forever`, for which `seconds` is `nil`.
  private mutating func period(_ section: Section, _ key: String) -> (seconds: Int?, Void)? {
    guard let value = section[key] else { return nil }
    if value.string == "forever" { return (nil, ()) }
    if let text = value.string, ConfigDuration.seconds(text) == nil {
      let message = "\(quoted(key)): \(quoted(text)) is not a duration and not \"forever\""
      error(at: value.offset, message, hint: ConfigDuration.hint)
      return nil
    }
    return duration(section, key).map { ($0, ()) }
  }
}
