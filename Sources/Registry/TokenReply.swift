import ImageModel
import StrictJSON
import Transport

/// A bearer token and how long it is good for. Source: distribution `docs/content/spec/auth/token.md`.
struct TokenReply: Hashable, Sendable {
  /// Visible ASCII.
  let token: String
  /// Counted from the moment the reply arrived, the safety margin already taken off.
  let usableMilliseconds: Int64
  /// To be used from now on in the place of the one that was sent.
  let refreshToken: String?

  /// The specification's default, which also replaces anything shorter: clients older than the field
  /// assume it, so no server can mean less.
  private static let shortestSeconds: Double = 60
  private static let longestSeconds: Double = 86_400
  /// Longer ones do not fit the request headers that servers accept.
  private static let tokenBytes = 16 * 1024

  /// Reads the body of a token server's answer; `nil` where it holds no usable token.
  ///
  /// - Parameter date: the answer's `Date` header. With `issued_at` it tells the age of a token that was
  ///   handed out from a cache; both are the server's clock, the local one is never compared with them.
  init?(_ body: [UInt8], date: String?) {
    let limits = JSONLimits(depth: Limits.jsonDepth, bytes: Limits.tokenReplyBytes, values: 4_096)
    guard let reply = try? StrictJSON.parse(body, limits: limits),
      let token = [reply["access_token"]?.string, reply["token"]?.string].compactMap({ $0 }).first(where: {
        !$0.isEmpty
      }),
      Self.isUsable(token)
    else { return nil }
    self.token = token
    refreshToken = reply["refresh_token"]?.string.flatMap { Self.isUsable($0) ? $0 : nil }
    let life = min(max(Self.number(reply["expires_in"]) ?? 0, Self.shortestSeconds), Self.longestSeconds)
    let left = life - Self.ageSeconds(issued: reply["issued_at"]?.string, date: date, life: life)
    usableMilliseconds = Int64(max(0, left - max(5, left / 10)) * 1_000)
  }

  private static func isUsable(_ token: String) -> Bool {
    (1...tokenBytes).contains(token.utf8.count) && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f }
  }

  /// A number, also one in a string, as some servers write it.
  private static func number(_ value: JSONValue?) -> Double? {
    guard let value else { return nil }
    let parsed = if case .number(let number) = value.kind { number.double } else { value.string.flatMap { Double($0) } }
    return parsed.flatMap { $0.isFinite ? $0 : nil }
  }

  private static func ageSeconds(issued: String?, date: String?, life: Double) -> Double {
    guard let issued = issued.flatMap({ Timestamp(rfc3339: $0) }), let now = date.flatMap({ HTTPDate.time($0) })
    else { return 0 }
    let age = Double(now.milliseconds - issued.milliseconds) / 1_000
    return age > 0 && age < life ? age : 0
  }
}
