package import ImageModel
import Synchronization

/// A container registry in memory, on loopback: it speaks the distribution protocol as far as reading goes,
/// counts and records every request, and errs where a test tells it to.
package final class FakeRegistry: Sendable {
  /// What the registry wants to see before it answers.
  package enum Door: Sendable, Hashable {
    case open
    /// Bearer tokens from its own token server at `/token`, handed out to anybody.
    case anonymousToken
    /// Bearer tokens, handed out to this user only.
    case token(username: String, password: String)
    case basic(username: String, password: String)
    /// Bearer tokens, handed out to who posts this refresh token.
    case refreshToken(String)
  }

  let core: FakeRegistryCore
  private let server: LoopbackServer

  package init(door: Door = .open) throws {
    let core = FakeRegistryCore(door: door)
    self.core = core
    server = try LoopbackServer { core.answer($0) }
    core.setOrigin(server.origin)
  }

  package var port: Int { server.port }
  /// `http://127.0.0.1:port`.
  package var origin: String { server.origin }
  /// `127.0.0.1:port`, the domain in a reference.
  package var authority: String { server.authority }
  /// Every request so far, in the order received.
  package var requests: [ReceivedRequest] { server.requests }

  /// The requests as `HEAD /v2/app/manifests/latest`, without queries.
  package var log: [String] { requests.map { "\($0.method) \($0.path)" } }

  package func stop() { server.stop() }

  /// A tag of a repository here, `127.0.0.1:port/path:tag`.
  package func tag(_ path: String, _ tag: String = "latest") -> TagReference {
    TagReference(domain: authority, path: path, tag: tag)
  }

  // MARK: Contents

  /// Stores an image with all its documents, but without its layers, which nobody reads.
  ///
  /// - Parameter tag: pointed to its index, if given.
  @discardableResult
  package func put(_ image: FakeRegistryImage, in path: String, tag: String? = nil) -> Digest {
    for manifest in image.manifests { put(manifest: manifest, in: path) }
    for config in image.configs { put(blob: config, in: path) }
    return put(manifest: image.index, in: path, tag: tag)
  }

  /// Stores an index or a manifest, sound or not, under its digest.
  @discardableResult
  package func put(manifest: Document, in path: String, tag: String? = nil) -> Digest {
    core.state.withLock { state in
      state.repositories[path, default: .init()].manifests[manifest.digest] = manifest
      if let tag { state.repositories[path]?.tags[tag] = manifest.digest }
    }
    return manifest.digest
  }

  @discardableResult
  package func put(blob: Document, in path: String) -> Digest {
    core.state.withLock { $0.repositories[path, default: .init()].blobs[blob.digest] = blob }
    return blob.digest
  }

  /// Points a tag to a stored document, or to one that is not there.
  package func move(tag: String, of path: String, to digest: Digest) {
    core.state.withLock { $0.repositories[path, default: .init()].tags[tag] = digest }
  }

  package func delete(tag: String, of path: String) {
    core.state.withLock { $0.repositories[path]?.tags[tag] = nil }
  }

  package func delete(manifest digest: Digest, of path: String) {
    core.state.withLock { $0.repositories[path]?.manifests[digest] = nil }
  }

  package func delete(blob digest: Digest, of path: String) {
    core.state.withLock { $0.repositories[path]?.blobs[digest] = nil }
  }

  package func delete(repository path: String) {
    core.state.withLock { $0.repositories[path] = nil }
  }

  // MARK: Behaviour

  /// Answers in place of the registry wherever the closure returns a response; `nil` ends it.
  package func setFault(_ fault: (@Sendable (ReceivedRequest) -> ScriptedResponse?)?) {
    core.state.withLock { $0.fault = fault }
  }

  /// Adds headers to whatever the registry itself answers; `nil` ends it.
  package func setHeaders(_ headers: (@Sendable (ReceivedRequest) -> [(String, String)])?) {
    core.state.withLock { $0.headers = headers }
  }

  /// Makes every answer of this status with a registry's error body; `nil` ends it.
  package func setOutage(_ status: Int?) {
    guard let status else { return setFault(nil) }
    setFault { _ in FakeRegistryCore.error(status, "UNAVAILABLE", "out of order") }
  }

  package func setDoor(_ door: Door) {
    core.state.withLock { $0.door = door }
  }

  /// Whether `Docker-Content-Digest` is sent.
  package func setDigestHeader(_ isSent: Bool) {
    core.state.withLock { $0.sendsDigest = isSent }
  }

  /// By how much its `Date` is ahead of this machine's clock; `nil`: it sends none.
  package func setClock(aheadBySeconds seconds: Int?) {
    core.state.withLock { $0.clockOffsetSeconds = seconds }
  }

  /// Tokens given out so far are refused from now on.
  package func revokeTokens() {
    core.state.withLock { $0.tokens = [:] }
  }

  /// For how many of the repositories that a token is asked for it is good at most: the first ones.
  package func setGrants(_ count: Int) {
    core.state.withLock { $0.grants = count }
  }

  /// What the token server says in `expires_in`; `nil`: nothing.
  package func setTokenLife(seconds: Int?) {
    core.state.withLock { $0.tokenLifeSeconds = seconds }
  }
}
