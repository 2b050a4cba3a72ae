import GRDB
package import ImageModel

/// The daemon that writes to a database, as it has entered itself there.
package struct DaemonRecord: Hashable, Sendable {
  package let pid: Int
  package let version: String
  /// The path of its configuration.
  package let configuration: String
  /// When it started.
  package let since: Timestamp

  package init(pid: Int, version: String, configuration: String, since: Timestamp) {
    self.pid = pid
    self.version = version
    self.configuration = configuration
    self.since = since
  }
}

/// Whether a daemon writes to a database now.
package enum DaemonState: Hashable, Sendable {
  case running(DaemonRecord)
  /// Nobody writes, or a command does for a moment.
  case absent
  /// Somebody writes, or may: who, or where it is not held for certain, whether anybody does, cannot be told.
  case unknown(isHeld: Bool)
}

extension HistoryWriter {
  /// Enters the daemon that writes from now on in the database, and in the lock that it is the one which holds it.
  package func enter(_ daemon: DaemonRecord) async throws {
    try await transaction { try $0.recordDaemon(daemon) }
    lock.signAsDaemon(since: daemon.since)
  }
}

extension HistoryTransaction {
  /// Whether no daemon ever was entered here and no state was ever recorded: there was no database before.
  package func isUnused() throws -> Bool {
    try Row.fetchOne(
      db, sql: "SELECT 1 WHERE EXISTS(SELECT 1 FROM meta WHERE key = 'daemon_pid') OR EXISTS(SELECT 1 FROM snapshot)")
      == nil
  }

  fileprivate func recordDaemon(_ daemon: DaemonRecord) throws {
    try keep("\(daemon.pid)", as: "daemon_pid")
    try keep(daemon.version, as: "daemon_version")
    try keep(daemon.configuration, as: "daemon_configuration")
    try keep("\(daemon.since.milliseconds)", as: "daemon_since_ms")
  }
}

extension HistoryReader {
  /// Whether a daemon runs now, and which.
  package func daemon() throws(StoreError) -> DaemonState {
    let holder: DatabaseLock.Holder
    switch DatabaseLock.state(for: path) {
    case .free: return .absent
    case .unknown: return .unknown(isHeld: false)
    case .held(nil): return .unknown(isHeld: true)
    case .held(let known?): holder = known
    }
    guard let since = holder.daemonSince else { return .absent }
    let daemon = try read { db in
      var facts: [String: String] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT key, value FROM meta WHERE key LIKE 'daemon%'") {
        facts[try row.text(0)] = try row.text(1)
      }
      return DaemonRecord(facts)
    }
    // The number of a process alone says little: in a container it is always 1.
    guard let daemon, holder.pid == daemon.pid, since == daemon.since else { return .unknown(isHeld: true) }
    return .running(daemon)
  }
}

extension DaemonRecord {
  fileprivate init?(_ facts: [String: String]) {
    guard let pid = facts["daemon_pid"].flatMap(Int.init), let version = facts["daemon_version"],
      let configuration = facts["daemon_configuration"], let since = facts["daemon_since_ms"].flatMap(Int64.init)
    else { return nil }
    self.init(pid: pid, version: version, configuration: configuration, since: Timestamp(milliseconds: since))
  }
}
