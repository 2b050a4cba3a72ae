/// A file that the configuration names, by its path or as a credential of the service manager.
/// Source: systemd.exec(5), `LoadCredential=`.
package enum SecretFile: Sendable, Hashable {
  case path(String)
  /// The file of that name in `$CREDENTIALS_DIRECTORY`.
  case credential(String)

  /// The path to open; `nil` for a credential where the service manager passed none.
  package func resolve(environment: [String: String]) -> String? {
    switch self {
    case .path(let path): path
    case .credential(let id):
      environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : "\($0)/\(id)" }
    }
  }

  /// What to do where the directory is not known, or closed. Source: systemd.exec(5).
  package static let directoryHint =
    "systemd passes it to the daemon (LoadCredential=), which looks itself; for a command by hand: "
    + "CREDENTIALS_DIRECTORY=/run/credentials/watcher.service"

  /// What systemd takes for the name of a credential: a plain file name. A `/` in it could leave the directory.
  static func isCredentialID(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text != "." && text != ".."
      && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: ":") }
  }
}
