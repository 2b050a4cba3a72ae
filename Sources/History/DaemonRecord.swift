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

extension HistoryWriter {
  /// Enters the daemon that writes from now on in the database, and in the lock that it is the one which holds it.
  package func enter(_ daemon: DaemonRecord) async throws {
    try await transaction { try $0.recordDaemon(daemon) }
    lock.signAsDaemon(since: daemon.since)
  }
}

extension HistoryTransaction {
  fileprivate func recordDaemon(_ daemon: DaemonRecord) throws {
    try keep("\(daemon.pid)", as: "daemon_pid")
    try keep(daemon.version, as: "daemon_version")
    try keep(daemon.configuration, as: "daemon_configuration")
    try keep("\(daemon.since.milliseconds)", as: "daemon_since_ms")
  }
}

extension HistoryReader {
  /// The daemon that runs now; `nil` where none does. A command that writes for a moment is none.
  package func daemon() throws(StoreError) -> DaemonRecord? {
    guard case .held(let holder?) = DatabaseLock.state(for: path) else { return nil }
    let daemon = try read { db in
      var facts: [String: String] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT key, value FROM meta WHERE key LIKE 'daemon%'") {
        facts[try row.text(0)] = try row.text(1)
      }
      return DaemonRecord(facts)
    }
    // The number of a process alone says little: in a container it is always 1.
    return holder.pid == daemon?.pid && holder.daemonSince == daemon?.since ? daemon : nil
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
