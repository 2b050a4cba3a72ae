import CCurl
import Host
import Synchronization

/// An HTTP client: one libcurl multi handle on one thread of its own, with its own pool of connections.
/// HTTP/2 is spoken over TLS where the server does. Cookies, netrc and caches are not used, content codings not asked
/// for; proxies come from the configuration, or from the environment as libcurl reads it, but never for loopback hosts.
package final class HTTPClient: Sendable {
  static let isCurlReady: Bool = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

  private let inbox = Inbox()
  private let proxies: Reloadable<ProxyRules>
  private let thread: Mutex<LoopThread?>
  private let files: TLSStore
  private let lastID = Atomic<UInt64>(0)
  private let lastOrigin = Mutex<KnownOrigin?>(nil)

  /// Starts the thread. If the system has none to give, every request is answered as after `shutdown()`.
  ///
  /// - Parameters:
  ///   - userAgent: sent with every request, redirected or not.
  ///   - maxConnectionsPerHost: so many requests to an origin are under way at a time; the time of further ones
  ///     begins when it is their turn.
  ///   - maxIdleConnections: kept open to all hosts together.
  ///   - proxy: `nil` for those of the environment.
  ///   - undoesCodings: asks for bodies as they are (`Accept-Encoding: identity`, but for HEAD), and undoes a content
  ///     coding that comes unasked, as some proxies add one. Otherwise bodies are handed on as sent.
  ///   - tell: is told of directories and files for TLS that do not answer.
  package convenience init(
    userAgent: String? = nil, maxConnectionsPerHost: Int = 64, maxIdleConnections: Int = 256,
    undoesCodings: Bool = false, proxy: ProxySettings? = nil, tell: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.init(
      settings: ClientSettings(
        userAgent: userAgent, maxConnectionsPerHost: maxConnectionsPerHost, maxIdleConnections: maxIdleConnections,
        undoesCodings: undoesCodings, proxy: proxy, tell: tell))
  }

  init(settings: ClientSettings) {
    proxies = settings.proxySource
    files = TLSStore(settings)
    let started = Self.isCurlReady ? LoopThread { [inbox] in CurlLoop.run(inbox, settings) } : nil
    if started == nil { inbox.close() }
    thread = Mutex(started)
  }

  deinit { shutdown() }

  /// Requests that begin from now on go through this proxy, or through those of the environment.
  package func use(_ proxy: ProxySettings?) { proxies.value = ProxyRules(proxy) }

  /// Makes a request and gives the complete response, whatever its status. Cancelling the task ends the
  /// transfer and closes its connection.
  package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let origin = try checkedOrigin(of: request)
    let shared = SharedRequest(request)
    let material = await files.material(for: request.tls)
    let id = lastID.add(1, ordering: .relaxed).newValue
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let submission = Inbox.Submission(
          id: id, request: shared, origin: origin, material: material, waiter: .task(continuation))
        guard inbox.submit(submission) else {
          let url = redactedURL(request.url)
          return continuation.resume(
            returning: .failure(TransportError(.cancelled, "the HTTP client has been shut down", url: url)))
        }
        // A cancellation before the submission has found nothing to cancel.
        if Task.isCancelled { inbox.cancel(id) }
      }
    } onCancel: {
      inbox.cancel(id)
    }
    return try result.get()
  }

  /// Makes the requests of a batch, many at a time; the desk hears of each once what came of it, of many at once, and
  /// of none later than a few milliseconds after its answer.
  ///
  /// - Returns: false, and none is made, where what TLS is to be spoken with is not known yet.
  package func glance(_ batch: GlanceBatch, for desk: GlanceDesk) -> Bool {
    guard let material = files.knownMaterial(for: batch.kind.request.value.tls) else { return false }
    let count = UInt64(batch.count)
    let last = lastID.add(count, ordering: .relaxed).newValue
    let run = GlanceRun(batch, for: desk, firstID: last - count + 1, material: material)
    desk.use(inbox)
    if !inbox.submit(run) { run.fail(.cancelled, "the HTTP client has been shut down") }
    return true
  }

  /// Polls go to the same few registries: the last one is remembered.
  private func checkedOrigin(of request: HTTPRequest) throws(TransportError) -> Origin {
    let known = lastOrigin.withLock { $0 }
    if let known, known.covers(request) { return known.origin }
    let origin = try RequestCheck.check(request)
    let fresh = KnownOrigin(origin, of: request)
    lastOrigin.withLock { $0 = fresh }
    return origin
  }

  /// libcurl's.
  package static var libraryVersion: String? {
    curl_version_info(CURLVERSION_SEVENTH)?.pointee.version.map { String(cString: $0) }
  }

  /// Ends every request with `cancelled`, closes all connections and waits for the thread. Safe to call twice.
  package func shutdown() {
    inbox.close()
    thread.withLock { $0.take() }?.join()
  }
}
