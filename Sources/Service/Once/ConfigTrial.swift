package import Config
import History
import Host
import Logging

/// What `run` would find of a configuration: all that it makes before it is ready is made, and given back. Only the
/// database is looked at, and not opened: it may be the daemon's, and would be made.
package enum ConfigTrial {
  package static func findings(
    _ config: WatchConfig, database: DatabasePlace, environment: [String: String]
  ) async throws -> [PreflightFinding] {
    let silent = Logger(label: "watcher") { _ in SwiftLogNoOpLogHandler() }
    let made = await Preflight(
      config, database: database.path, environment: environment, http: nil, endpoint: ServiceEndpoint(log: silent))
    await made.close()
    let daemonListens = try await blocking { listens(at: config.httpListen, database.path) }
    // Where the daemon of this database listens there already, nobody is in the way.
    let findings = made.findings.filter { !(daemonListens && ($0.refusal as? ListenError)?.isInUse == true) }
    do {
      try await blocking { try HistoryWriter.inspect(database.path, makesDirectory: database.makesDirectory) }
      return findings
    } catch let error as StoreError {
      let setting = config.database == database.path ? OutsideSetting.database : nil
      return [PreflightFinding(config.problem(setting, .error, error.message), refusal: error)] + findings
    }
  }

  /// Whether a daemon of this database listens at that port: it keeps the port at another address, too
  /// (`HTTPEndpoint.listen(replacing:)`). Of one that does not say where it listens nothing else is known.
  private static func listens(at address: String?, _ database: String) -> Bool {
    guard let address, let reader = try? HistoryReader.open(database), let daemon = try? reader.daemon(),
      daemon != .absent
    else { return false }
    guard let said = try? reader.listening() else { return true }
    return ServiceEndpoint.parts(said)?.port == ServiceEndpoint.parts(address)?.port
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
