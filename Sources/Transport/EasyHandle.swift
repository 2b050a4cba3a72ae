import CCurl

/// One of libcurl's easy handles together with what it is set to. A poll's requests differ in little more
/// than the URL, and setting all of twenty options anew costs as much as the request itself, so only what
/// differs from the last use is set.
final class EasyHandle: CurlHandle {
  typealias Failure = CurlOptionFailure

  let pointer: UnsafeMutableRawPointer
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private var url: HandleURL
  private let headers = CurlList()
  private let fixedHosts = CurlList()
  private let undoesCodings: Bool

  /// The request and derived values that the handle is set to; `nil` before the first.
  private var current: SharedRequest?
  private var headersAreSet = false
  private var totalMilliseconds = 0
  private var tls: TLSMaterial?
  private var proxy: Proxy?
  private var proxyPassword: String?

  /// `nil` when libcurl has no memory or lacks an option.
  init?(_ settings: ClientSettings) {
    guard let url = HandleURL() else { return nil }
    guard let pointer = curl_easy_init() else { return nil }
    self.pointer = pointer
    self.url = url
    undoesCodings = settings.undoesCodings
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    do {
      try setConstants(settings)
    } catch {
      return nil
    }
  }

  deinit {
    curl_easy_cleanup(pointer)
    errorText.deallocate()
  }

  /// libcurl's own words about the last failure.
  var errorDetail: String { String(cString: errorText) }

  /// Which argument the callbacks get, and `CURLINFO_PRIVATE`.
  func setOwner(_ owner: UnsafeMutableRawPointer) {
    for option in [
      CURLOPT_PRIVATE, CURLOPT_WRITEDATA, CURLOPT_HEADERDATA, CURLOPT_OPENSOCKETDATA, CURLOPT_PREREQDATA,
    ] { ccurl_set_pointer(pointer, option, owner) }
  }

  private func setConstants(_ settings: ClientSettings) throws(Failure) {
    try set(CURLOPT_CURLU, pointer: UnsafeRawPointer(url.handle))
    try set(CURLOPT_NOSIGNAL, 1)
    // Without it, giving up on a transfer waits for its DNS look-up, and every other transfer with it.
    try set(CURLOPT_QUICK_EXIT, 1)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    try set(CURLOPT_ERRORBUFFER, pointer: errorText)
    // Without them libcurl would look at the environment; see `ProxyRules`.
    try set(CURLOPT_NOPROXY, "")
    try set(CURLOPT_PROXY, "")
    if let userAgent = settings.userAgent { try set(CURLOPT_USERAGENT, userAgent) }
    for host in settings.fixedHosts where !fixedHosts.append(host) { throw .option("out of memory") }
    try set(CURLOPT_RESOLVE, pointer: fixedHosts.head)
    // libcurl caches the parsed roots only where no directory is set.
    if TLSStore.systemFile != nil { try set(CURLOPT_CAPATH, pointer: nil) }
    try check(
      ccurl_set_data_callback(pointer, CURLOPT_HEADERFUNCTION) { Callbacks.header($0, $1, $2, $3) },
      CURLOPT_HEADERFUNCTION)
    try check(
      ccurl_set_data_callback(pointer, CURLOPT_WRITEFUNCTION) { Callbacks.body($0, $1, $2, $3) },
      CURLOPT_WRITEFUNCTION)
    try check(
      ccurl_set_socket_callback(pointer) { Callbacks.openSocket($0, $1, $2) }, CURLOPT_OPENSOCKETFUNCTION)
    try check(
      ccurl_set_prereq_callback(pointer) { owner, remote, _, _, _ in Callbacks.beforeRequest(owner, remote) },
      CURLOPT_PREREQFUNCTION)
  }

  // MARK: Per request

  /// Sets the handle to `next`. After a failure everything is set anew the next time.
  ///
  /// - Parameter glance: says the URL, if there is one.
  func configure(
    _ next: SharedRequest, glance: Glance?, milliseconds: Int, tls nextTLS: TLSMaterial, proxy nextProxy: Proxy?,
    proxyPassword nextPassword: String?
  ) throws(Failure) {
    let last = current
    current = nil
    let isSet =
      if let glance { glance.run.batch.withURL(glance.position) { url.set($0) } } else { url.set(next.value.url) }
    guard isSet else { throw .option("libcurl cannot read the URL") }
    if last !== next || next.value.method.hasBody { try set(next.value, last: last) }
    if totalMilliseconds != milliseconds {
      try set(CURLOPT_TIMEOUT_MS, milliseconds)
      totalMilliseconds = milliseconds
    }
    if proxy != nextProxy || proxyPassword != nextPassword {
      try set(CURLOPT_PROXY, nextProxy?.url ?? "")
      try set(CURLOPT_PROXYUSERNAME, nextProxy?.login?.username)
      try set(CURLOPT_PROXYPASSWORD, nextPassword)
      (proxy, proxyPassword) = (nextProxy, nextPassword)
    }
    if last == nil || tls != nextTLS {
      try set(nextTLS)
      tls = nextTLS
    }
    current = next.withoutBody
  }

  private func set(_ next: HTTPRequest, last: SharedRequest?) throws(Failure) {
    if last?.value.method != next.method || next.method.hasBody { try setMethod(next) }
    try setHeaders(next, last: last)
    if last?.value.connectSeconds != next.connectSeconds {
      try set(CURLOPT_CONNECTTIMEOUT_MS, max(1, next.connectSeconds * 1_000))
    }
    if last?.value.stallSeconds != next.stallSeconds {
      try set(CURLOPT_LOW_SPEED_TIME, next.stallSeconds)
    }
    if last?.value.stallBytesPerSecond != next.stallBytesPerSecond {
      try set(CURLOPT_LOW_SPEED_LIMIT, next.stallBytesPerSecond)
    }
    if last?.value.allowPlainHTTP != next.allowPlainHTTP {
      try set(CURLOPT_PROTOCOLS_STR, next.allowPlainHTTP ? "https,http" : "https")
    }
    // Without a last request the handle may still have what a failure has left; of the others `nil` differs by itself.
    if last == nil || last?.value.unixSocket != next.unixSocket {
      try set(CURLOPT_UNIX_SOCKET_PATH, next.unixSocket)
    }
  }

  private func setMethod(_ next: HTTPRequest) throws(Failure) {
    // With it libcurl undoes whatever coding comes, and a piece at a time: the sink sees what comes out. HEAD has no
    // body, and is most of what is ever sent. Source: CURLOPT_ACCEPT_ENCODING(3).
    if undoesCodings { try set(CURLOPT_ACCEPT_ENCODING, next.method == .head ? nil : "identity") }
    try set(CURLOPT_CUSTOMREQUEST, next.method == .put ? "PUT" : nil)
    switch next.method {
    case .get: try set(CURLOPT_HTTPGET, 1)
    case .head: try set(CURLOPT_NOBODY, 1)
    case .post, .put:
      let body = next.body ?? []
      try set(CURLOPT_POST, 1)
      try check(
        ccurl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)), CURLOPT_POSTFIELDSIZE_LARGE)
      // Without a pointer libcurl would read the body from standard input.
      try check(
        body.withUnsafeBytes { bytes in
          bytes.isEmpty
            ? ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, "")
            : ccurl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress)
        }, CURLOPT_COPYPOSTFIELDS)
    }
  }

  private func setHeaders(_ next: HTTPRequest, last: SharedRequest?) throws(Failure) {
    if headersAreSet, let last = last?.value, last.authorization == next.authorization,
      last.method.hasBody == next.method.hasBody,
      last.headers.elementsEqual(next.headers, by: { $0.name == $1.name && $0.value == $1.value })
    {
      return
    }
    headersAreSet = false
    headers.removeAll()
    if let name = next.addHeaderLines(to: headers) { throw .header(name) }
    try set(CURLOPT_HTTPHEADER, pointer: headers.head)
    headersAreSet = true
  }
}
