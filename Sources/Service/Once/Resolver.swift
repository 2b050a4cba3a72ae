package import Config
package import ImageModel
import Registry
import Transport

/// Asks a registry what a reference is now; keeps nothing.
package enum Resolver {
  /// - Parameters:
  ///   - wasSeen: it was there once, by what is recorded.
  ///   - tell: gets what is wrong with files with log-ins.
  package static func resolve(
    _ reference: ImageReference, selection: PlatformSelection, wasSeen: Bool, config: WatchConfig,
    environment: [String: String],
    trace: (@Sendable (String) -> Void)? = nil, tell: @escaping @Sendable (String) -> Void
  ) async throws(CheckFailure) -> Resolution {
    let http = HTTPClient.forRegistries(config.proxySettings(environment))
    defer { http.shutdown() }
    let registry = RegistryClient.configured(config, http: http, environment: environment, trace: trace, tell: tell)
    return try await registry.resolve(reference, selection: selection, wasSeen: wasSeen)
  }
}
