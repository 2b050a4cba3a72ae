import Config
import Glibc
import Host
import ImageModel
import Logging

/// Writes log records to standard error, one line each, as logfmt or JSON. Foreign text is escaped, so a
/// registry cannot forge a line.
struct LogOutput: LogHandler {
  /// A reload changes it for every copy of a logger.
  let settings: Reloadable<LogSettings>
  let counts: LogCounts
  /// Each line begins with its priority, which the journal takes off. Source: sd-daemon(3).
  let isJournal: Bool
  let stream = LogStream.standardError
  var metadata: Logger.Metadata = [:]

  var logLevel: Logger.Level {
    get { settings.value.level.swiftLog }
    // It is the configuration's to say.
    set {}
  }

  static func logger(_ settings: LogSettings, environment: [String: String]) -> Logger {
    logger(Reloadable(settings), LogCounts(), environment: environment)
  }

  static func logger(
    _ settings: Reloadable<LogSettings>, _ counts: LogCounts, environment: [String: String]
  ) -> Logger {
    let isJournal = JournalStream.isAt(STDERR_FILENO, environment: environment)
    return Logger(label: "watcher") { _ in LogOutput(settings: settings, counts: counts, isJournal: isJournal) }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    counts.count(event.level)
    let fields = metadata.merging(event.metadata ?? [:]) { $1 }.map { ($0.key, "\($0.value)".safe(limit: 256)) }
    stream.write(line(event.level, event.message.description, fields)) { lost in
      line(.warning, "log_lines_lost", [("count", "\(lost)")])
    }
  }

  private func line(_ level: Logger.Level, _ message: String, _ fields: [(String, String)]) -> String {
    let all =
      [("ts", Timestamp.now().description), ("level", level.rawValue), ("msg", message)]
      + fields.sorted { $0.0 < $1.0 }
    return (isJournal ? level.journalPrefix : "")
      + (settings.value.format == .json ? Self.json(all) : Self.logfmt(all)) + "\n"
  }

  static func logfmt(_ fields: [(String, String)]) -> String {
    fields.map { key, value in
      let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x3d && $0 != 0x5c }
      return isPlain ? "\(key)=\(value)" : "\(key)=" + String(decoding: JSONOutput.string(value).bytes, as: UTF8.self)
    }.joined(separator: " ")
  }

  static func json(_ fields: [(String, String)]) -> String {
    String(
      decoding: JSONOutput.object(fields.map { JSONOutput.Member($0.0, .string($0.1)) }).bytes, as: UTF8.self)
  }
}

extension LogSettings.Level {
  fileprivate var swiftLog: Logger.Level {
    switch self {
    case .debug: .debug
    case .info: .info
    case .warning: .warning
    case .error: .error
    }
  }
}

extension Logger.Level {
  fileprivate var journalPrefix: String {
    switch self {
    case .trace, .debug: "<7>"
    case .info: "<6>"
    case .notice: "<5>"
    case .warning: "<4>"
    case .error: "<3>"
    case .critical: "<2>"
    }
  }
}
