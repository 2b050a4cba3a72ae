package import Config
import Glibc
import Host
import ImageModel

/// What the package's unit keeps from the service, for who looks from outside of it: as the service's user, but with
/// more in sight. A drop-in may say otherwise, so these are doubts. Source: systemd.exec(5), Sandboxing.
package enum ServiceSandbox {
  private static let writable = ["/var/lib/watcher", "/var/log/watcher", "/run/watcher"]
  private static let closed = ["/home", "/root", "/run/user"]
  private static let ownTemporary = ["/tmp", "/var/tmp"]

  /// Whether a database is the service's.
  package static func isAround(_ database: DatabasePlace) -> Bool { database.path.hasPrefix("/var/lib/watcher/") }

  /// Files that the service may not see, or not write, by place.
  package static func findings(_ config: WatchConfig) async -> [PreflightFinding] {
    let files =
      config.filesRead.map { (setting: $0, path: $1, isWritten: false) }
      + config.filesWritten.map { (setting: $0, path: $1, isWritten: true) }
    let resolved = await files.map(\.path).looked(within: Limits.lookSeconds) { Self.resolved($0) }
    return zip(files, resolved).compactMap { file, resolved in
      doubt(about: file.path, resolved: try? resolved.get(), isWritten: file.isWritten).map {
        PreflightFinding(config.problem(file.setting, .error, $0.message, hint: $0.hint), isUnseen: true)
      }
    }.sorted { ($0.problem.line, $0.problem.column) < ($1.problem.line, $1.problem.column) }
  }

  private static func doubt(
    about path: String, resolved: String?, isWritten: Bool
  ) -> (message: String, hint: String)? {
    // systemd follows symbolic links to its directories, and what is below one is where it leads to.
    let names = [path, resolved ?? path]
    func isBelow(_ root: String) -> Bool { names.contains { $0.hasPrefix(root + "/") } }
    if let root = ownTemporary.first(where: isBelow) {
      return (
        "watcher.service has a \(root) of its own (PrivateTmp=)\(isWritten ? ", which is gone when it stops" : "")",
        isWritten ? "write below /var/log/watcher" : "keep the file in /etc/watcher"
      )
    }
    if let root = closed.first(where: isBelow) {
      return (
        "watcher.service does not see \(root) (ProtectHome=)",
        isWritten ? "write below /var/log/watcher" : "keep the file in /etc/watcher"
      )
    }
    guard isWritten, !writable.contains(where: isBelow) else { return nil }
    let folder = directory(of: path).safe()
    return (
      "watcher.service may not write to \(folder) unless a drop-in says so (ProtectSystem=)",
      "write below /var/log/watcher, or add ReadWritePaths=\(folder)"
    )
  }

  /// Where a path leads to as far as it is there.
  private static func resolved(_ path: String) -> String {
    if let whole = realpath(path, nil) {
      defer { free(whole) }
      return String(cString: whole)
    }
    let folder = directory(of: path)
    return folder == "/" ? path : resolved(folder) + path.dropFirst(folder.utf8.count)
  }
}

extension WatchConfig {
  fileprivate var filesRead: [(OutsideSetting, String)] {
    let ofRegistries = registries.flatMap { domain, settings in
      settings.files.map { (OutsideSetting.registry(domain, key: $0), $1) }
    }
    let ofSinks = sinks.flatMap { sink in sink.files.map { (OutsideSetting.sink(sink.name, key: $0), $1) } }
    let ofProxy = proxy?.passwordFile.map { [(OutsideSetting.proxyPassword, $0)] } ?? []
    let ofHints = hintSecret.map { [(OutsideSetting.hintSecret, $0)] } ?? []
    let ofPages = pages.passwordFile.map { [(OutsideSetting.pagePassword, $0)] } ?? []
    return (ofRegistries + ofSinks + ofProxy + ofHints + ofPages).compactMap { setting, file in
      if case .path(let path) = file { (setting, path) } else { nil }
    }
  }

  fileprivate var filesWritten: [(OutsideSetting, String)] {
    sinks.compactMap { sink in
      if case .file(let path) = sink.kind { (.sink(sink.name, key: "path"), path) } else { nil }
    }
  }
}

extension SinkSettings {
  /// By the keys that name them, or the headers.
  fileprivate var files: [String: SecretFile] {
    switch kind {
    case .stdout, .file: [:]
    case .webhook(let settings): settings.files.merging(settings.headerFiles) { $1 }
    case .email(let settings): settings.files
    }
  }
}
