import Config
import Hints
import Host
import ImageModel
import Polling
import Registry
import Transport

extension WatchConfig {
  /// What is wrong with what is read all the same though neither a registry's entry nor a sink names it: directories of
  /// certificates, the password of the proxy, the secret of hints, and the password of pages.
  func wayFindings(_ environment: [String: String]) async -> [PreflightFinding] {
    await folderFindings(environment) + secretFindings(.proxyPassword, proxy?.passwordFile, environment)
      + secretFindings(.hintSecret, hintSecret, environment, HintSecret.fault)
      + secretFindings(.pagePassword, pages.passwordFile, environment, PagePassword.fault)
  }

  private func folderFindings(_ environment: [String: String]) async -> [PreflightFinding] {
    let map = RegistryAccessMap(settings: registries, environment: environment, agreedTime: nil)
    let settings = Set(registries.keys).union(watch.domains).sorted().map { (domain: $0, tls: map.access($0).tls) }
    // One look for all: there are several directories for each.
    let looks = await [settings].looked(within: Limits.lookSeconds) { settings in
      settings.compactMap { domain, tls in tls.folderFault.map { "\(domain.safe()): \($0)" } }
    }
    let faults: [String]
    do { faults = try looks[0].get() } catch { faults = ["a directory of certificates (certs.d) \(error)"] }
    return faults.map { PreflightFinding(problem(nil, .error, $0)) }
  }

  private func secretFindings(
    _ setting: OutsideSetting, _ file: SecretFile?, _ environment: [String: String],
    _ fault: @escaping @Sendable (String) -> String? = { _ in nil }
  ) async -> [PreflightFinding] {
    guard let file else { return [] }
    switch file.path(environment) {
    case .failure(let unseen):
      let problem = problem(setting, .error, unseen.reason, hint: SecretFile.directoryHint)
      return [PreflightFinding(problem, isUnseen: true)]
    case .success(let path):
      let look = await [path].looked(within: Limits.lookSeconds) { path -> String? in
        do throws(SecretText.Failure) { return fault(try SecretText(path: path).read().text) } catch {
          return error.reason
        }
      }
      let reason: String?
      do { reason = try look[0].get().map { "cannot be used: \($0)" } } catch { reason = "\(error)" }
      return reason.map { [PreflightFinding(problem(setting, .error, "\(path.safe()) \($0)"))] } ?? []
    }
  }
}
