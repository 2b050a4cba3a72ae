import Addresses
import CCurl
import Glibc

/// An easy handle of libcurl's with one mail. Lives on the thread of its transfer alone.
final class MailHandle: CurlHandle {
  let pointer: UnsafeMutableRawPointer
  let request: MailRequest
  private let material: TLSMaterial
  private let errorText = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
  private let recipients = CurlList()
  private(set) var dialogue: MailDialogue
  private(set) var refusedAddress: IPAddress?
  private var sentBytes = 0
  private let isGivenUp: @Sendable () -> Bool

  /// - Parameter isGivenUp: asked each second at least.
  init(
    _ request: MailRequest, _ material: TLSMaterial, isGivenUp: @escaping @Sendable () -> Bool
  ) throws(CurlOptionFailure) {
    guard let pointer = curl_easy_init() else { throw .option("libcurl has no memory for a handle") }
    self.pointer = pointer
    self.request = request
    self.material = material
    self.isGivenUp = isGivenUp
    dialogue = MailDialogue(secrets: request.login.map { [$0.password] } ?? [])
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    try configure()
  }

  deinit {
    curl_easy_cleanup(pointer)
    errorText.deallocate()
  }

  /// libcurl's own words about the failure, with the names of files that people know.
  func reason(_ code: CURLcode) -> String {
    let words = String(cString: errorText)
    return material.named(words.isEmpty ? String(cString: curl_easy_strerror(code)) : words)
  }

  private func configure() throws(CurlOptionFailure) {
    try set(CURLOPT_URL, request.server)
    try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    try set(CURLOPT_NOSIGNAL, 1)
    // Without it, giving up on a transfer waits for its DNS look-up.
    try set(CURLOPT_QUICK_EXIT, 1)
    try set(CURLOPT_PROXY, "")
    try set(CURLOPT_ERRORBUFFER, pointer: errorText)
    // A server may think before it says its first word, and each of libcurl's clocks is as long as the whole.
    for option in [CURLOPT_TIMEOUT_MS, CURLOPT_CONNECTTIMEOUT_MS] { try set(option, request.totalSeconds * 1_000) }
    try set(CURLOPT_SERVER_RESPONSE_TIMEOUT, request.totalSeconds)
    try set(CURLOPT_USE_SSL, Int((request.needsTLS ? CURLUSESSL_ALL : CURLUSESSL_NONE).rawValue))
    try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if TLSStore.systemFile != nil { try set(CURLOPT_CAPATH, pointer: nil) }
    try set(material)
    if let login = request.login {
      try set(CURLOPT_USERNAME, login.username)
      try set(CURLOPT_PASSWORD, login.password)
      try set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
    }
    try set(CURLOPT_MAIL_FROM, request.from)
    for recipient in request.to where !recipients.append(recipient) { throw .option("out of memory") }
    try set(CURLOPT_MAIL_RCPT, pointer: recipients.head)
    try set(CURLOPT_UPLOAD, 1)
    try check(
      ccurl_set_offset(pointer, CURLOPT_INFILESIZE_LARGE, curl_off_t(request.mail.count)), CURLOPT_INFILESIZE_LARGE)
    // Only then does it tell what is said.
    try set(CURLOPT_VERBOSE, 1)
    try setCallbacks()
  }

  private func setCallbacks() throws(CurlOptionFailure) {
    let owner = Unmanaged.passUnretained(self).toOpaque()
    for option in [CURLOPT_READDATA, CURLOPT_HEADERDATA, CURLOPT_DEBUGDATA, CURLOPT_OPENSOCKETDATA] {
      try set(option, pointer: owner)
    }
    try check(
      ccurl_set_data_callback(pointer, CURLOPT_READFUNCTION) { buffer, size, count, owner in
        guard let owner, let buffer else { return 0 }
        return MailHandle.of(owner).read(UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
      }, CURLOPT_READFUNCTION)
    try check(
      ccurl_set_data_callback(pointer, CURLOPT_HEADERFUNCTION) { _, size, count, owner in
        guard let owner else { return 0 }
        return MailHandle.of(owner).takes(size * count) ? size * count : 0
      }, CURLOPT_HEADERFUNCTION)
    try check(
      ccurl_set_debug_callback(pointer) { _, kind, text, count, owner in
        if let owner { MailHandle.of(owner).note(kind, UnsafeRawBufferPointer(start: text, count: count)) }
        return 0
      }, CURLOPT_DEBUGFUNCTION)
    // Where it waits for an answer to the mail or to a goodbye nothing else reaches it.
    try set(CURLOPT_XFERINFODATA, pointer: owner)
    try check(
      ccurl_set_progress_callback(pointer) { owner, _, _, _, _ in
        guard let owner else { return 1 }
        return MailHandle.of(owner).isGivenUp() ? 1 : 0
      }, CURLOPT_XFERINFOFUNCTION)
    try set(CURLOPT_NOPROGRESS, 0)
    try check(
      ccurl_set_socket_callback(pointer) { owner, _, target in
        guard let owner, let target, MailHandle.of(owner).allows(Callbacks.address(of: target)) else {
          return CURL_SOCKET_BAD
        }
        return Callbacks.makeSocket(for: target)
      }, CURLOPT_OPENSOCKETFUNCTION)
  }

  // MARK: What libcurl calls

  private static func of(_ owner: UnsafeMutableRawPointer) -> MailHandle {
    Unmanaged<MailHandle>.fromOpaque(owner).takeUnretainedValue()
  }

  private func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let piece = request.mail[sentBytes...].prefix(buffer.count)
    buffer.copyBytes(from: piece)
    sentBytes += piece.count
    return piece.count
  }

  private func takes(_ bytes: Int) -> Bool {
    dialogue.count(bytes)
    return dialogue.receivedBytes <= request.replyLimit && !lacksLogin
  }

  /// To a server that does not say how, libcurl sends without logging in.
  var lacksLogin: Bool { request.login != nil && !dialogue.didLogIn && dialogue.step == .sender }

  private func note(_ kind: curl_infotype, _ text: UnsafeRawBufferPointer) {
    switch kind {
    case CURLINFO_HEADER_OUT: dialogue.sent(String(decoding: text, as: UTF8.self))
    case CURLINFO_HEADER_IN: dialogue.received(String(decoding: text.prefix(1_024), as: UTF8.self))
    default: break
    }
  }

  private func allows(_ address: IPAddress?) -> Bool {
    guard let address else { return false }
    if request.addresses.allows(address) { return true }
    refusedAddress = address
    return false
  }

  /// Nothing is read any more: libcurl would wait for minutes for the answer to its QUIT.
  func stopReading() {
    let socket = ccurl_active_socket(pointer)
    if socket != CURL_SOCKET_BAD { shutdown(socket, Int32(SHUT_RD)) }
  }
}
