import Addresses
import CCurl

/// A request under way on an easy handle; used again for the next one. Lives on the loop's thread alone.
final class Transfer {
  let easy: EasyHandle
  /// What the caller asked, `nil` while there is no transfer.
  private var submission: Inbox.Submission?
  /// What is being asked now: after a redirect no longer the same.
  private(set) var shared = SharedRequest(HTTPRequest(url: "", bodyLimit: 0))
  var request: HTTPRequest { shared.value }
  /// Of a batch this one, whose URL is not made into text before something is to be said of it.
  private(set) var glance: Glance?
  private(set) var hops = 0
  private var startMilliseconds = 0
  /// What was left of the whole time when this hop began.
  var limitMilliseconds = 0

  var sink = ResponseSink()
  /// Set by the callbacks: an address that the policy refused.
  var refusedAddress: IPAddress?
  /// Set by the callbacks: what kind of address answers, the proxy's if there is one.
  var peer: AddressClass?
  /// What this hop goes through.
  var proxy: Proxy?
  /// What was found of the files that the first hop's settings name.
  private var material: TLSStore.Found = .success(TLSMaterial())

  init(easy: EasyHandle) {
    self.easy = easy
    easy.setOwner(Unmanaged.passUnretained(self).toOpaque())
  }

  static func of(_ owner: UnsafeMutableRawPointer) -> Transfer {
    Unmanaged<Transfer>.fromOpaque(owner).takeUnretainedValue()
  }

  /// Without counting references: there are a dozen header lines to a poll, and the loop holds the transfer.
  static func with<Result>(_ owner: UnsafeMutableRawPointer, _ body: (Transfer) -> Result) -> Result {
    Unmanaged<Transfer>.fromOpaque(owner)._withUnsafeGuaranteedRef(body)
  }

  func begin(_ submission: Inbox.Submission, proxy: Proxy?, atMilliseconds now: Int) {
    self.proxy = proxy
    self.submission = submission
    shared = submission.request
    glance = if case .glance(let glance) = submission.waiter { glance } else { nil }
    material = submission.material
    hops = 0
    startMilliseconds = now
    prepare()
  }

  /// Whether the answer is the one that a glance has expected.
  var isAsExpected: Bool {
    guard let glance else { return false }
    return sink.hasAllHeaders && sink.overflow == nil
      && glance.run.batch.isAsExpected(glance.position, status: sink.status, HTTPHeaders(raw: sink.headers))
  }

  /// What is asked is a request like any other from now on.
  func endGlance() {
    guard glance != nil else { return }
    glance = nil
    if let submission { shared = submission.asked }
  }

  func redirect(to next: HTTPRequest) {
    proxy = nil
    shared = SharedRequest(next)
    hops += 1
    prepare()
  }

  private func prepare() {
    refusedAddress = nil
    peer = nil
    sink.reset(
      isHead: request.method == .head,
      limits: ResponseSink.Limits(
        headers: request.headerLimit, body: request.bodyLimit, cutsBody: request.cutsBody,
        errorBody: request.errorBodyLimit))
  }

  /// What this hop speaks TLS with. Where none is spoken, what is wrong with its files is no harm.
  func tls() throws(TLSFilesFailure) -> TLSMaterial {
    request.url.hasPrefix("https:") ? try material.get().narrowed(to: request.tls) : TLSMaterial()
  }

  /// libcurl's words for what happened, with the names that people know.
  func named(_ words: String) -> String { (try? material.get())?.named(words) ?? words }

  /// What is left of the whole time for the hop that begins now; at least 1, for 0 means for ever.
  func remainingMilliseconds(at now: Int) -> Int {
    max(1, request.totalSeconds * 1_000 - (now - startMilliseconds))
  }

  /// Leaves the handle free for the next transfer and gives back who waits for the result of this one.
  func end() -> Inbox.Submission? {
    sink.releaseMemory()
    glance = nil
    return submission.take()
  }

  var response: HTTPResponse {
    var announced: curl_off_t = -1
    ccurl_get_offset(easy.pointer, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &announced)
    return HTTPResponse(
      status: sink.status, headers: HTTPHeaders(raw: Array(sink.headers[...])), body: sink.body,
      bodyIsCut: sink.isCut, url: request.url, wasRedirected: hops > 0,
      contentLength: announced >= 0 ? Int(announced) : nil,
      isFromPublicAddress: peer == .public, proxy: proxy?.hostAndPort)
  }

  /// An error of this hop, with the URL in a form that may be shown.
  func error(
    _ code: TransportError.Code, _ what: String, reason: String? = nil, advice: String? = nil
  ) -> TransportError {
    endGlance()
    return TransportError(
      code, what, reason: reason, advice: advice, url: redactedURL(request.url), redirected: hops > 0)
  }
}
