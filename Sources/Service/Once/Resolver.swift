package import Config
package import ImageModel
import Registry
import Transport

/// Asks a registry what a reference is now; keeps nothing.
package enum Resolver {
  /// - Parameter wasSeen: it was there once, by what is recorded.
  package static func resolve(
    _ reference: ImageReference, selection: PlatformSelection, wasSeen: Bool, config: WatchConfig,
    environment: [String: String],
    trace: (@Sendable (String) -> Void)? = nil
  ) async throws(CheckFailure) -> Resolution {
    let http = HTTPClient.forRegistries()
    defer { http.shutdown() }
    let registry = RegistryClient.configured(config, http: http, environment: environment, trace: trace)
    return try await registry.resolve(reference, selection: selection, wasSeen: wasSeen)
  }
}
