import Config
import Glibc
import Host
import ImageModel

/// A credential of the service manager that this process cannot look for, whatever is there: the daemon can.
struct UnseenCredential: Error {
  /// In one line.
  let reason: String
}

extension SecretFile {
  /// The path to open. The directory of credentials may be there and closed: systemd 252 shows it to the daemon and not
  /// to `ExecReload=`.
  func path(_ environment: [String: String]) -> Result<String, UnseenCredential> {
    guard let path = resolve(environment: environment) else {
      return .failure(UnseenCredential(reason: "cannot be looked for: CREDENTIALS_DIRECTORY is not set"))
    }
    let folder = directory(of: path)
    guard case .credential = self, access(folder, X_OK) != 0 else { return .success(path) }
    let error = SystemError(code: errno)
    return .failure(UnseenCredential(reason: "cannot be looked for in \(folder.safe()): \(error)"))
  }
}
