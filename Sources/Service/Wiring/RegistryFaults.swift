import Config
import ImageModel
import Registry
import Transport

extension WatchConfig {
  /// What is wrong with the files of registries, whose tags fail until it is put right.
  func registryFindings(_ environment: [String: String]) -> [PreflightFinding] {
    let map = RegistryAccessMap(settings: registries, environment: environment, agreedTime: nil)
    return registries.flatMap { domain, settings in
      let files = settings.files
      let unseen = files.compactMapValues { file in
        if case .failure(let unseen) = file.path(environment) { unseen } else { nil }
      }
      let access = map.access(domain)
      var faults: [(key: String, reason: String)] = access.tls.faults.map { ($0.file.key, $0.reason) }
      if let reason = access.credentials?.fault {
        faults.append((settings.tokenFile == nil ? "password_file" : "token_file", reason))
      }
      return unseen.map { key, unseen in
        PreflightFinding(
          problem(.registry(domain, key: key), .error, unseen.reason, hint: SecretFile.directoryHint), isUnseen: true)
      }
        + faults.filter { unseen[$0.key] == nil }.map { key, reason in
          let path = files[key]?.resolve(environment: environment) ?? ""
          return PreflightFinding(
            problem(.registry(domain, key: key), .error, "\(path.safe()) cannot be used: \(reason)"))
        }
    }
  }
}

extension RegistrySettings {
  /// By the keys that name them.
  var files: [String: SecretFile] {
    [
      "password_file": passwordFile, "token_file": tokenFile, "ca_file": caFile, "client_cert_file": clientCertFile,
      "client_key_file": clientKeyFile,
    ].compactMapValues { $0 }
  }
}

extension TLSFileFault.File {
  fileprivate var key: String {
    switch self {
    case .ca: "ca_file"
    case .clientCert: "client_cert_file"
    case .clientKey: "client_key_file"
    }
  }
}
