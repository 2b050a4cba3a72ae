import ImageModel
import StrictJSON

/// What a credential helper's `get` came to. Source: docker/docker-credential-helpers `README.md`, `client/client.go`.
enum HelperReply: Hashable, Sendable {
  case login(Login)
  /// It has none for that registry, which is no mistake.
  case none
  /// Why, in words of this program's alone: what a helper writes may hold a secret.
  case failed(String)

  private static let limits = JSONLimits(depth: 8, bytes: HelperProgram.outputLimit, values: 256)
  /// What helpers write where they have nothing, and end with 1.
  private static let nothing = [
    "credentials not found in native keychain", "no credentials server URL", "no credentials username",
  ]

  /// - Parameters:
  ///   - status: the program's exit status.
  ///   - output: what it wrote to standard output.
  init(status: Int32, output: String) {
    guard status == 0 else {
      self = Self.nothing.contains(output.trimmed) ? .none : .failed("it ended with \(status)")
      return
    }
    guard let reply = try? StrictJSON.parse(Array(output.utf8), limits: Self.limits), reply.object != nil else {
      self = .failed("what it wrote is no JSON object")
      return
    }
    guard let username = reply["Username"]?.string, let secret = reply["Secret"]?.string, !secret.isEmpty else {
      self = .failed("what it wrote has no Username or no Secret")
      return
    }
    guard (username + secret).utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      self = .failed("what it wrote has control characters")
      return
    }
    self = .login(
      username == "<token>"
        ? .identity(token: secret, otherwise: nil) : .basic(Login.Password(username: username, password: secret)))
  }
}

extension String {
  fileprivate var trimmed: String {
    var rest = self[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}
