import FoundationEssentials
import ImageModel
import StrictJSON

/// A file in which Docker or Podman keep log-ins. Source: docker/cli `cli/config/configfile/file.go`, containers/image
/// `docs/containers-auth.json.5.md`.
struct AuthFile: Hashable, Sendable {
  enum Form: Hashable, Sendable {
    /// `config.json` of Docker, `auth.json` of Podman and others.
    case config
    /// `.dockercfg`: nothing but log-ins.
    case dockercfg
  }

  enum Entry: Hashable, Sendable {
    case login(Login)
    /// A helper has it.
    case marker
  }

  private(set) var entries: [String: Entry] = [:]
  /// Suffixes of `docker-credential-<suffix>`, by key.
  private(set) var helpers: [String: String] = [:]
  /// That of the helper for everything else.
  private(set) var store: String?
  /// What was skipped, and why; nothing of a secret.
  private(set) var faults: [String] = []

  struct Unreadable: Error, Hashable {
    let reason: String
  }

  static let sizeLimit = 1 << 20
  private static let limits = JSONLimits(depth: Limits.jsonDepth, bytes: sizeLimit, values: 65_536)

  /// What cannot be used of it is skipped and told, so that one bad entry keeps nobody from the others.
  init(_ bytes: [UInt8], form: Form) throws(Unreadable) {
    guard let root = try? StrictJSON.parse(bytes, limits: Self.limits), root.object != nil else {
      throw Unreadable(reason: "it is no JSON object")
    }
    readEntries(form == .dockercfg ? root : root["auths"])
    guard form == .config else { return }
    readHelpers(root["credHelpers"])
    guard let store = root["credsStore"]?.string, !store.isEmpty else { return }
    if HelperName.isValid(store) { self.store = store } else { faults.append("credsStore is no name of a helper") }
  }

  private mutating func readEntries(_ value: JSONValue?) {
    guard let value, !value.isNull else { return }
    guard let members = value.object else { return faults.append("auths is no object") }
    for member in members {
      do throws(Unreadable) {
        entries[member.key] = try Self.entry(member.value)
      } catch {
        faults.append("\(member.key.safe(limit: 100)): \(error.reason)")
      }
    }
  }

  private mutating func readHelpers(_ value: JSONValue?) {
    guard let value, !value.isNull else { return }
    guard let members = value.object else { return faults.append("credHelpers is no object") }
    for member in members {
      // An empty name means no helper for that registry. Source: docker/cli `getConfiguredCredentialStore`.
      guard let name = member.value.string, name.isEmpty || HelperName.isValid(name) else {
        faults.append("credHelpers of \(member.key.safe(limit: 100)) is no name of a helper")
        continue
      }
      helpers[member.key] = name
    }
  }

  private static func entry(_ value: JSONValue) throws(Unreadable) -> Entry {
    guard value.object != nil else { throw Unreadable(reason: "it is no object") }
    let password = try password(value)
    if let token = try text(value, "registrytoken") { return .login(.bearer(token: token)) }
    if let token = try text(value, "identitytoken") {
      // Docker writes an empty password beside it.
      return .login(.identity(token: token, otherwise: password.flatMap { $0.password.isEmpty ? nil : $0 }))
    }
    return password.map { .login(.basic($0)) } ?? .marker
  }

  /// `auth` counts where both are there.
  private static func password(_ value: JSONValue) throws(Unreadable) -> Login.Password? {
    if let auth = try text(value, "auth") { return try decoded(auth) }
    guard let username = try text(value, "username"), let password = try text(value, "password") else { return nil }
    return Login.Password(username: username, password: password)
  }

  /// Base64 of `user:password`; the password may have colons in it, and NULs behind it.
  private static func decoded(_ auth: String) throws(Unreadable) -> Login.Password {
    guard let data = Data(base64Encoded: auth) else { throw Unreadable(reason: "auth is no base64") }
    guard let pair = String(validating: data, as: UTF8.self) else {
      throw Unreadable(reason: "auth is no UTF-8 text")
    }
    guard let colon = pair.firstIndex(of: ":") else { throw Unreadable(reason: "auth has no colon") }
    let username = try plain(String(pair[..<colon]), "auth")
    let password = try plain(String(pair[pair.index(after: colon)...].trimming { $0 == "\0" }), "auth")
    guard !username.isEmpty else { throw Unreadable(reason: "auth has no user name") }
    return Login.Password(username: username, password: password)
  }

  /// - Returns: `nil` where there is none or it is empty.
  private static func text(_ value: JSONValue, _ key: String) throws(Unreadable) -> String? {
    guard let member = value[key], !member.isNull else { return nil }
    guard let text = member.string else { throw Unreadable(reason: "\(key) is no string") }
    return text.isEmpty ? nil : try plain(text, key)
  }

  /// What would break out of a header's line is no secret.
  private static func plain(_ text: String, _ key: String) throws(Unreadable) -> String {
    guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw Unreadable(reason: "\(key) has control characters")
    }
    return text
  }
}

extension StringProtocol {
  fileprivate func trimming(_ isUnwanted: (Character) -> Bool) -> SubSequence {
    var rest = self[...]
    while let last = rest.last, isUnwanted(last) { rest.removeLast() }
    return rest
  }
}
