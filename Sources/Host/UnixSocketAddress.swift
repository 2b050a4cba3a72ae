package import Glibc

/// The address of a Unix domain socket, of the exact length: a zero more at the end of an abstract name would be part
/// of it. Source: unix(7).
package struct UnixSocketAddress: Sendable {
  /// A `sockaddr_un`.
  private let bytes: [UInt8]

  /// - Parameter name: a path, or `@` and the name of an abstract socket; `nil` when it is too long for an address, or
  ///   empty.
  package init?(_ name: String) {
    var path = Array(name.utf8)
    guard let first = path.first else { return nil }
    // A path ends with a zero, an abstract name begins with one.
    if first == UInt8(ascii: "@") { path[0] = 0 } else { path.append(0) }
    bytes = withUnsafeBytes(of: sa_family_t(AF_UNIX), Array.init) + path
    guard bytes.count <= MemoryLayout<sockaddr_un>.size else { return nil }
  }

  package func withPointer<Result>(_ body: (UnsafePointer<sockaddr>?, socklen_t) -> Result) -> Result {
    bytes.withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count)) }
  }
}
