import ImageModel

/// Where a hint is sent: `/hints/<source>`, perhaps with the secret behind it, and `?registry=HOST`.
package struct HintAddress: Sendable {
  package static let prefix = "/hints/"

  package let source: HintSource
  package let secret: String?
  package let registry: String?

  /// `nil` where there is no such source.
  package init?(path: String, query: String) {
    guard path.hasPrefix(Self.prefix) else { return nil }
    let rest = path.dropFirst(Self.prefix.count)
    let name = rest.prefix { $0 != "/" }
    guard let source = HintSource(rawValue: String(name)) else { return nil }
    self.source = source
    let last = rest[name.endIndex...].dropFirst()
    secret = last.isEmpty ? nil : last.percentDecoded
    registry = query.split(separator: "&").first { $0.hasPrefix("registry=") }
      .map { $0.dropFirst("registry=".count).percentDecoded }.flatMap { $0.isEmpty ? nil : $0 }
  }
}
