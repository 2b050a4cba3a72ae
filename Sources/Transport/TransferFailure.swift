import Addresses
import CCurl

extension Transfer {
  /// What libcurl's result means, `nil` for a response that is there.
  func failure(_ code: CURLcode) -> TransportError? {
    if code == CURLE_OK && sink.overflow == nil && sink.hasAllHeaders { return nil }
    let host = hostText
    switch sink.overflow {
    case .headers:
      return error(
        .headersTooLarge, "\(host) sends more than \(request.headerLimit) bytes of headers", advice: "given up")
    case .body:
      return error(
        .bodyTooLarge, "\(host) sends more than the \(request.bodyLimit) bytes allowed", advice: "given up")
    case nil: break
    }
    if code == CURLE_OK && !sink.hasAllHeaders {
      return error(.network, "\(host) closed the connection among the headers", advice: "try again later")
    }
    if code == CURLE_OK || sink.isCut { return nil }
    if code == CURLE_BAD_CONTENT_ENCODING {
      // What a refusal says can be done without.
      return sink.hasAllHeaders && !(200..<300).contains(sink.status) ? nil : undecodable(host)
    }
    if let refusedAddress, code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK {
      return refusal(of: refusedAddress)
    }
    if let proxy, let error = failure(of: proxy, code) { return error }
    if code == CURLE_OPERATION_TIMEDOUT { return timeout(host) }
    let detail = named(easy.errorDetail)
    return explanation(code, host, detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail)
  }

  /// Host and port, and the proxy on the way there.
  var hostText: String {
    (targetText ?? "the host") + (proxy?.hostAndPort.map { " through the proxy \($0)" } ?? "")
  }

  private var targetText: String? {
    if let socket = request.unixSocket { return "the socket \(socket)" }
    guard let url = CurlURL(request.url) else { return nil }
    return "\(url.host):\(url.port)"
  }

  /// A coding that libcurl does not know, or that the body is not in.
  private func undecodable(_ host: String) -> TransportError {
    let coding = HTTPHeaders(raw: sink.headers).all("content-encoding").joined(separator: ", ")
    let name = coding.isEmpty ? "" : " \(coding.prefix(40))"
    return error(
      .contentCoding,
      "\(host) sends its answer in the content coding\(name), unasked, and it cannot be undone",
      advice: "a proxy in between may add it; have it send documents as they are")
  }

  private func refusal(of address: IPAddress) -> TransportError {
    let who = proxy?.hostAndPort.map { "the proxy \($0)" } ?? hostText
    let (refusal, advice) = request.addresses.refusal(of: address)
    return error(.addressRefused, "\(who) is at \(address), \(refusal)", advice: advice)
  }

  /// What a proxy is to blame for before anybody behind it was asked.
  private func failure(of proxy: Proxy, _ code: CURLcode) -> TransportError? {
    let name = "the proxy \(proxy.hostAndPort ?? "?")"
    let target = targetText ?? "the host"
    var answer = 0
    ccurl_get_long(easy.pointer, CURLINFO_HTTP_CONNECTCODE, &answer)
    // 407 is Proxy Authentication Required.
    if answer == 407 {
      return error(
        .proxyAuth, "\(name) answered 407 to CONNECT for \(target)", advice: proxy.loginAdvice)
    }
    if answer != 0 && !(200..<300).contains(answer) {
      return error(
        .proxyRefused, "\(name) answered \(answer) to CONNECT for \(target)",
        advice: "check that it may connect there, or except the host in no_proxy")
    }
    switch code {
    case CURLE_COULDNT_RESOLVE_PROXY:
      return error(
        .dns, "\(name) cannot be looked up", reason: easy.errorDetail,
        advice: "check its name and this machine's DNS")
    case CURLE_COULDNT_CONNECT, CURLE_PROXY:
      return error(
        .connect, "no connection to \(target) through \(name)", reason: easy.errorDetail,
        advice: "check that the proxy is up and reachable")
    case CURLE_SSL_CONNECT_ERROR where proxy.url.hasPrefix("https://") && answer == 0:
      return error(
        .tls, "no TLS with \(name)", reason: easy.errorDetail, advice: "check the scheme, host and port of the proxy")
    default: return nil
    }
  }

  /// Which of the three clocks ran out.
  private func timeout(_ host: String) -> TransportError {
    var total: curl_off_t = 0
    var ready: curl_off_t = 0
    ccurl_get_offset(easy.pointer, CURLINFO_TOTAL_TIME_T, &total)
    ccurl_get_offset(easy.pointer, CURLINFO_PRETRANSFER_TIME_T, &ready)
    let budgetMicroseconds = limitMilliseconds * 1_000
    if Int(total) + 5_000 >= budgetMicroseconds {
      return error(.timeout, "\(host) did not finish within \(request.totalSeconds) s", advice: "try again later")
    }
    if ready == 0 {
      return error(
        .timeout, "no connection to \(host) within \(request.connectSeconds) s",
        advice: "check the address and the firewall")
    }
    return error(
      .stalled, "\(host) sent less than \(request.stallBytesPerSecond) bytes/s for \(request.stallSeconds) s",
      advice: "try again later")
  }

  private func explanation(_ code: CURLcode, _ host: String, _ reason: String) -> TransportError {
    switch Self.code(for: code, detail: reason) {
    case .dns:
      error(.dns, "\(host) cannot be looked up", reason: reason, advice: "check the name and this machine's DNS")
    case .connect:
      error(.connect, "no connection to \(host)", reason: reason, advice: "check that it is up and reachable")
    case .tls:
      error(
        .tls, "no TLS with \(host)", reason: reason,
        advice: TLSProblem(reason) == .plainHTTP
          ? "it seems to speak plain HTTP there; check scheme and port"
          : code == CURLE_SSL_CERTPROBLEM
            ? "correct the client certificate or its key" : "check its certificate and this machine's clock")
    case .clientCertificate: clientCertificateFailure(host, reason)
    case .headersTooLarge: error(.headersTooLarge, "\(host) sends a header that is too long", advice: "given up")
    case .protocolError:
      error(
        .protocolError, "\(host) does not answer in HTTP", reason: reason, advice: "check host, port and scheme")
    case let kind: error(kind, "the connection to \(host) failed", reason: reason, advice: "try again later")
    }
  }

  private func clientCertificateFailure(_ host: String, _ reason: String) -> TransportError {
    if request.tls.clientCertFile == nil {
      return error(.clientCertificate, "\(host) asks for a client certificate", reason: reason)
    }
    return error(
      .clientCertificate, "\(host) refuses the client certificate", reason: reason,
      advice: "check the client certificate set for it and its authority")
  }

  private static func code(for code: CURLcode, detail: String) -> TransportError.Code {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: .dns
    case CURLE_COULDNT_CONNECT: .connect
    // In TLS 1.3 a server refuses the client's certificate after the handshake, where the client already reads.
    case _ where Self.isAboutClient(detail): .clientCertificate
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
      .tls
    case CURLE_URL_MALFORMAT: .badURL
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL: .protocolError
    // libcurl's own limit on one line.
    case CURLE_OUT_OF_MEMORY: .headersTooLarge
    case CURLE_RECV_ERROR where detail.contains("SSL_read") && detail.contains(" alert "): .tls
    default: .network
    }
  }

  /// Whether a server's alert is about the certificate that the client showed or did not. Source: RFC 8446 section
  /// 6.2, in OpenSSL's words. `certificate required` is TLS 1.3's; before, a server says `handshake failure`, which
  /// may be anything.
  private static func isAboutClient(_ detail: String) -> Bool {
    let words = [
      "certificate required", "bad certificate", "unsupported certificate", "certificate revoked",
      "certificate expired", "certificate unknown", "unknown ca",
    ]
    return detail.contains(" alert ") && words.contains(where: detail.contains)
  }
}
