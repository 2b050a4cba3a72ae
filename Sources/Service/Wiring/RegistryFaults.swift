import Config
import Credentials
import Host
import ImageModel
import Registry
import Transport

extension WatchConfig {
  /// What is wrong with the files of registries, whose tags fail until it is put right; where there are none, it is no
  /// more than doubtful.
  func registryFindings(_ environment: [String: String]) async -> [PreflightFinding] {
    let map = RegistryAccessMap(settings: registries, environment: environment)
    let unseen = registries.flatMap { domain, settings in
      settings.files.compactMap { key, file -> PreflightFinding? in
        guard case .failure(let unseen) = file.path(environment) else { return nil }
        return PreflightFinding(problem(domain, key, unseen.reason, hint: SecretFile.directoryHint), isUnseen: true)
      }
    }
    let looks = registries.flatMap { domain, settings in settings.looks(domain, map.access(domain)) }
    let results = await looks.looked(within: Limits.lookSeconds) { $0.faults() }
    let found = zip(looks, results).flatMap { look, result in
      let files = registries[look.domain]?.files ?? [:]
      let faults: [(key: String, reason: String)]
      do {
        faults = try result.get().map { ($0.key, "cannot be used: \($0.reason)") }
      } catch {
        faults = [(look.key, "\(error)")]
      }
      return faults.compactMap { fault -> PreflightFinding? in
        guard case .success(let path) = files[fault.key]?.path(environment) else { return nil }
        return PreflightFinding(problem(look.domain, fault.key, "\(path.safe()) \(fault.reason)"))
      }
    }
    return await unseen + found + loginFindings(environment)
  }

  /// What is wrong with the file and the helpers that log-ins are to come from.
  private func loginFindings(_ environment: [String: String]) async -> [PreflightFinding] {
    var findings = registries.compactMap { domain, settings -> PreflightFinding? in
      guard let name = settings.credentialHelper,
        let fault = Logins.fault(ofHelper: name, Logins.helperEnvironment(environment))
      else { return nil }
      return PreflightFinding(
        problem(domain, "credential_helper", "docker-credential-\(name) cannot be run: \(fault)"), isUnseen: true)
    }
    guard case .file(let file) = logins else { return findings }
    switch file.path(environment) {
    case .failure(let unseen):
      findings.append(
        PreflightFinding(
          problem(.dockerConfig, .error, unseen.reason, hint: SecretFile.directoryHint), isUnseen: true))
    case .success(let path):
      let looks = await [path].looked(within: Limits.lookSeconds) { AuthPlace.file($0).faults }
      do {
        findings += try looks[0].get().map { fault in
          PreflightFinding(problem(.dockerConfig, .error, "\(path.safe()) cannot be used: \(fault)"))
        }
      } catch {
        findings.append(PreflightFinding(problem(.dockerConfig, .error, "\(path.safe()) \(error)")))
      }
    }
    return findings
  }

  private func problem(_ domain: String, _ key: String, _ message: String, hint: String? = nil) -> ConfigProblem {
    problem(
      .registry(domain, key: key), unusedRegistries.contains(domain) ? .warning : .error, message, hint: hint)
  }
}

/// A look at files of a registry that are of use together.
private struct RegistryLook: Sendable {
  let domain: String
  /// Of the first of them.
  let key: String
  /// What is wrong, by key. Never ends where the file system hangs.
  let faults: @Sendable () -> [(key: String, reason: String)]
}

extension RegistrySettings {
  fileprivate func looks(_ domain: String, _ access: RegistryAccess) -> [RegistryLook] {
    var looks: [RegistryLook] = []
    if caFile != nil || clientCertFile != nil {
      looks.append(
        RegistryLook(domain: domain, key: caFile == nil ? "client_cert_file" : "ca_file") {
          access.tls.faults.map { ($0.file.key, $0.reason) }
        })
    }
    if let credentials = access.credentials {
      let key = tokenFile == nil ? "password_file" : "token_file"
      looks.append(
        RegistryLook(domain: domain, key: key) { credentials.fault.map { [(key, $0)] } ?? [] })
    }
    return looks
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
