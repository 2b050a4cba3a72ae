/// What this program calls itself.
public enum ProductInfo {
  public static let version = "0.1.0"
  /// Registries tell clients apart, and call on the misbehaving ones, by this.
  static let userAgent = "watcher/\(version)"
}
