/// What this program calls itself.
package enum ProductInfo {
  package static let version = "0.1.0"
  /// Registries tell clients apart, and call on the misbehaving ones, by this.
  static let userAgent = "watcher/\(version)"
}
