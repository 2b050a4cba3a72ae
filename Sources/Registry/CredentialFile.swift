import ImageModel
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The file with a registry's secret, read again when it has changed.
final class CredentialFile: Sendable {
  private static let limitBytes = 64 * 1_024

  private let source: CredentialSource
  private let domain: String
  private let cached = Mutex<(revision: String, credentials: Credentials)?>(nil)

  init(_ source: CredentialSource, domain: String) {
    self.source = source
    self.domain = domain
  }

  private var path: String {
    switch source {
    case .basic(_, let file), .token(let file): file
    }
  }

  /// Costs one `stat` while the file stays as it is.
  func read() throws(CheckFailure) -> Credentials {
    var status = stat()
    guard stat(path, &status) == 0 else { throw failure(String(cString: strerror(errno))) }
    let revision =
      "\(status.st_ino).\(status.st_size).\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
    if let known = cached.withLock({ $0 }), known.revision == revision { return known.credentials }
    let secret = try contents()
    let credentials: Credentials
    switch source {
    case .basic(let username, _):
      credentials = .basic(username: username, password: secret, revision: revision)
    case .token:
      guard secret.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw failure("it holds more than one token") }
      credentials = .bearer(secret, revision: revision)
    }
    cached.withLock { $0 = (revision, credentials) }
    return credentials
  }

  private func contents() throws(CheckFailure) -> String {
    // Opening a pipe nobody writes to would wait for ever without O_NONBLOCK.
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0 else { throw failure(String(cString: strerror(errno))) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: Self.limitBytes + 1)
    var length = 0
    while length < bytes.count {
      let count = bytes.withUnsafeMutableBytes {
        Glibc.read(file, $0.baseAddress.map { $0 + length }, $0.count - length)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw failure(String(cString: strerror(errno))) }
      if count == 0 { break }
      length += count
    }
    guard length <= Self.limitBytes else { throw failure("it is longer than \(Self.limitBytes) bytes") }
    var text = bytes[..<length]
    if text.last == UInt8(ascii: "\n") { text.removeLast() }
    if text.last == UInt8(ascii: "\r") { text.removeLast() }
    guard !text.isEmpty else { throw failure("it is empty") }
    guard let secret = String(validating: text, as: UTF8.self) else { throw failure("it is not UTF-8 text") }
    return secret
  }

  private func failure(_ reason: String) -> CheckFailure {
    CheckFailure(
      .credentialsUnreadable, "the credentials file \(path.safe()) for \(domain) cannot be used (\(reason))",
      remedy: "correct it")
  }
}
