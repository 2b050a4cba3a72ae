import Glibc
import ImageModel
import Synchronization

/// What a fake registry holds and how it answers; the server's threads share it.
final class FakeRegistryCore: Sendable {
  struct Repository {
    var manifests: [Digest: Document] = [:]
    var blobs: [Digest: Document] = [:]
    var tags: [String: Digest] = [:]
  }

  struct State {
    var origin = ""
    var door: FakeRegistry.Door
    var repositories: [String: Repository] = [:]
    var fault: (@Sendable (ReceivedRequest) -> ScriptedResponse?)?
    var headers: (@Sendable (ReceivedRequest) -> [(String, String)])?
    var sendsDigest = true
    /// Scopes by token.
    var tokens: [String: [String]] = [:]
    var tokensMade = 0
    var grants = Int.max
    var tokenLifeSeconds: Int? = 300
    /// How far its clock is ahead; `nil`: it sends no `Date`.
    var clockOffsetSeconds: Int? = 0
  }

  let state: Mutex<State>

  init(door: FakeRegistry.Door) { state = Mutex(State(door: door)) }

  func setOrigin(_ origin: String) { state.withLock { $0.origin = origin } }

  func answer(_ request: ReceivedRequest) -> ScriptedResponse {
    if let fault = state.withLock({ $0.fault }), let response = fault(request) { return response }
    return state.withLock { state in
      var response = request.path == "/token" ? Self.token(request, &state) : Self.serve(request, state)
      if request.path != "/token" { response.headers += state.headers?(request) ?? [] }
      if let offset = state.clockOffsetSeconds { response.headers.append(("Date", Self.date(offset))) }
      return response
    }
  }

  private static func date(_ offsetSeconds: Int) -> String {
    var seconds = time(nil) + offsetSeconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 40)
    strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// A registry's error body.
  static func error(
    _ status: Int, _ code: String, _ message: String, headers: [(String, String)] = []
  ) -> ScriptedResponse {
    let error = JSONOutput.members(["code": .string(code), "message": .string(message)])
    let body = JSONOutput.members(["errors": .array([error])]).bytes
    return ScriptedResponse(status, headers: headers + [("Content-Type", "application/json")], body: body)
  }

  private static func serve(_ request: ReceivedRequest, _ state: State) -> ScriptedResponse {
    guard request.method == "GET" || request.method == "HEAD" else {
      return error(405, "UNSUPPORTED", "reading only")
    }
    guard let place = Place(request.path) else { return error(404, "NAME_UNKNOWN", "no such page") }
    if let refusal = refusal(request, path: place.path, state) { return refusal }
    guard place.kind != .root else { return ScriptedResponse(200) }
    guard let repository = state.repositories[place.path] else {
      return error(404, "NAME_UNKNOWN", "repository name not known to registry")
    }
    if place.kind == .list { return list(request, place.path, repository.tags.keys.sorted()) }
    let digest = try? Digest(place.reference)
    switch place.kind {
    case .blob:
      guard let blob = digest.flatMap({ repository.blobs[$0] }) else {
        return error(404, "BLOB_UNKNOWN", "blob unknown to registry")
      }
      return response(blob, as: "application/octet-stream", state)
    case .manifest, .root, .list:
      guard let manifest = (digest ?? repository.tags[place.reference]).flatMap({ repository.manifests[$0] }) else {
        return error(404, "MANIFEST_UNKNOWN", "manifest unknown")
      }
      let type = manifest.mediaType.description
      guard (request.header("Accept") ?? "").contains(type) else {
        return error(404, "MANIFEST_UNKNOWN", "manifest found, but accept header does not support it")
      }
      return response(manifest, as: type, state)
    }
  }

  /// A page of tags, with a link to the next one.
  private static func list(_ request: ReceivedRequest, _ path: String, _ tags: [String]) -> ScriptedResponse {
    let size = request.query("n").flatMap { Int($0) } ?? 100
    let last = request.query("last") ?? ""
    let rest = tags.drop { $0 <= last && !last.isEmpty }
    let page = rest.prefix(size)
    var headers = [("Content-Type", "application/json")]
    if page.count < rest.count, let end = page.last {
      headers.append(("Link", "</v2/\(path)/tags/list?last=\(end)&n=\(size)>; rel=\"next\""))
    }
    let body = JSONOutput.members(["name": .string(path), "tags": .array(page.map { .string($0) })])
    return ScriptedResponse(200, headers: headers, body: body.bytes)
  }

  private static func response(_ document: Document, as type: String, _ state: State) -> ScriptedResponse {
    var headers = [("Content-Type", type)]
    if state.sendsDigest { headers.append(("Docker-Content-Digest", document.digest.description)) }
    return ScriptedResponse(200, headers: headers, body: document.bytes)
  }

  // MARK: The door

  private static func refusal(_ request: ReceivedRequest, path: String, _ state: State) -> ScriptedResponse? {
    let scope = "repository:\(path):pull"
    switch state.door {
    case .open: return nil
    case .anonymousToken, .token, .refreshToken:
      let token = request.header("Authorization").flatMap { $0.hasPrefix("Bearer ") ? String($0.dropFirst(7)) : nil }
      if let token, path.isEmpty ? state.tokens[token] != nil : state.tokens[token]?.contains(scope) == true {
        return nil
      }
      let known = token == nil ? "" : ",error=\"invalid_token\""
      let challenge = "Bearer realm=\"\(state.origin)/token\",service=\"fake\",scope=\"\(scope)\"\(known)"
      return error(401, "UNAUTHORIZED", "authentication required", headers: [("WWW-Authenticate", challenge)])
    case .basic(let username, let password):
      if request.header("Authorization") == "Basic " + base64("\(username):\(password)") { return nil }
      return error(
        401, "UNAUTHORIZED", "authentication required", headers: [("WWW-Authenticate", "Basic realm=\"fake\"")])
    }
  }

  private static func token(_ request: ReceivedRequest, _ state: inout State) -> ScriptedResponse {
    if case .token(let username, let password) = state.door,
      request.header("Authorization") != "Basic " + base64("\(username):\(password)")
    {
      return error(401, "UNAUTHORIZED", "incorrect username or password")
    }
    if case .refreshToken(let expected) = state.door {
      guard request.method == "POST", request.form("grant_type") == "refresh_token",
        request.form("refresh_token") == expected
      else { return error(401, "UNAUTHORIZED", "no such refresh token") }
    }
    state.tokensMade += 1
    let token = "fake-token-\(state.tokensMade)"
    let scopes = request.form("scope")?.split(separator: " ").map(String.init) ?? request.queries("scope")
    state.tokens[token] = Array(scopes.prefix(state.grants))
    var members = [JSONOutput.Member("token", .string(token))]
    if let life = state.tokenLifeSeconds { members.append(.init("expires_in", .number(life))) }
    return ScriptedResponse(
      200, headers: [("Content-Type", "application/json")], body: JSONOutput.object(members).bytes)
  }

  private static func base64(_ text: String) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    let bytes = Array(text.utf8)
    var out = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for position in 0..<4 {
        out.append(position <= group.count ? alphabet[bits >> (18 - 6 * position) & 63] : "=")
      }
    }
    return out
  }
}

/// What a request path points at.
private struct Place {
  enum Kind { case root, manifest, blob, list }
  let kind: Kind
  let path: String
  let reference: String

  init?(_ text: String) {
    let parts = text.split(separator: "/").map(String.init)
    guard parts.first == "v2" else { return nil }
    if parts.count == 1 {
      (kind, path, reference) = (.root, "", "")
      return
    }
    if parts.count >= 4, parts.suffix(2) == ["tags", "list"] {
      (kind, path, reference) = (.list, parts[1..<(parts.count - 2)].joined(separator: "/"), "")
      return
    }
    guard parts.count >= 4, ["manifests", "blobs"].contains(parts[parts.count - 2]) else { return nil }
    kind = parts[parts.count - 2] == "blobs" ? .blob : .manifest
    path = parts[1..<(parts.count - 2)].joined(separator: "/")
    reference = parts[parts.count - 1]
  }
}
