import Logging
import Synchronization

/// Counts what is logged.
final class LogCounts: Sendable {
  private static let levels: [Logger.Level] = [.debug, .info, .warning, .error]

  private let lines = Mutex<[Logger.Level: Int]>([:])

  func count(_ level: Logger.Level) { lines.withLock { $0[level, default: 0] += 1 } }

  /// By the names of the levels, those without a line too.
  var counts: [(String, Int)] {
    let lines = lines.withLock { $0 }
    return Self.levels.map { ($0.rawValue, lines[$0] ?? 0) }
  }
}
