package import Config
import History
import Logging

/// What `run` would find of a configuration: all that it makes before it is ready is made, and given back. Only the
/// database is looked at, and not opened: it may be the daemon's, and would be made.
package enum ConfigTrial {
  package static func findings(
    _ config: WatchConfig, database: DatabasePlace, environment: [String: String]
  ) async throws -> [PreflightFinding] {
    let silent = Logger(label: "watcher") { _ in SwiftLogNoOpLogHandler() }
    let made = try await Preflight(
      config, environment: environment, http: nil, endpoint: ServiceEndpoint(log: silent))
    await made.close()
    // Where the daemon of this database listens there already, nobody is in the way.
    let isOurs = DatabaseLock.isHeld(for: database.path) && isListening(at: config.httpListen, database.path)
    let findings = made.findings.filter { !(isOurs && ($0.refusal as? ListenError)?.isInUse == true) }
    do throws(StoreError) {
      try HistoryWriter.inspect(database.path, makesDirectory: database.makesDirectory)
      return findings
    } catch {
      let setting = config.database == database.path ? OutsideSetting.database : nil
      return [PreflightFinding(config.problem(setting, .error, error.message), refusal: error)] + findings
    }
  }

  /// Whether the daemon says so; of one that does not say where it listens nothing else is known.
  private static func isListening(at address: String?, _ database: String) -> Bool {
    guard let said = try? HistoryReader.open(database).listening() else { return true }
    return said == address
  }
}

/// Where the database is, and whether its directory would be made.
package struct DatabasePlace: Sendable {
  package let path: String
  package let makesDirectory: Bool

  package init(_ path: String, makesDirectory: Bool = false) {
    self.path = path
    self.makesDirectory = makesDirectory
  }
}
