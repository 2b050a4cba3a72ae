import CCurl

extension Transfer {
  /// What libcurl's result means, `nil` for a response that is there.
  func failure(_ code: CURLcode) -> TransportError? {
    if code == CURLE_OK && sink.overflow == nil && sink.hasAllHeaders { return nil }
    let host = hostText
    switch sink.overflow {
    case .headers:
      return error(.headersTooLarge, "\(host) sends more than \(request.headerLimit) bytes of headers; given up")
    case .body:
      return error(.bodyTooLarge, "\(host) sends more than the \(request.bodyLimit) bytes allowed; given up")
    case nil: break
    }
    if code == CURLE_OK && !sink.hasAllHeaders {
      return error(.network, "\(host) closed the connection among the headers; try again later")
    }
    if code == CURLE_OK || sink.isCut { return nil }
    if code == CURLE_BAD_CONTENT_ENCODING {
      // What a refusal says can be done without.
      return sink.hasAllHeaders && !(200..<300).contains(sink.status) ? nil : undecodable(host)
    }
    if let refusedAddress, code == CURLE_COULDNT_CONNECT || code == CURLE_ABORTED_BY_CALLBACK {
      return error(
        .addressRefused,
        "\(host) is at \(refusedAddress), \(request.addresses.refusal), which this request may not reach")
    }
    if code == CURLE_OPERATION_TIMEDOUT { return timeout(host) }
    let detail = easy.errorDetail
    let kind = Self.code(for: code, detail: detail)
    return error(kind, explanation(of: kind, host, detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail))
  }

  private var hostText: String {
    guard let url = CurlURL(request.url) else { return "the host" }
    return "\(url.host):\(url.port)"
  }

  /// A coding that libcurl does not know, or that the body is not in.
  private func undecodable(_ host: String) -> TransportError {
    let coding = HTTPHeaders(raw: sink.headers).all("content-encoding").joined(separator: ", ")
    let name = coding.isEmpty ? "" : " \(coding.prefix(40))"
    return error(
      .contentCoding,
      "\(host) sends its answer in the content coding\(name), unasked, and it cannot be undone; a proxy may add it")
  }

  /// Which of the three clocks ran out.
  private func timeout(_ host: String) -> TransportError {
    var total: curl_off_t = 0
    var ready: curl_off_t = 0
    ccurl_get_offset(easy.pointer, CURLINFO_TOTAL_TIME_T, &total)
    ccurl_get_offset(easy.pointer, CURLINFO_PRETRANSFER_TIME_T, &ready)
    let budgetMicroseconds = limitMilliseconds * 1_000
    if Int(total) + 5_000 >= budgetMicroseconds {
      return error(.timeout, "\(host) did not finish within \(request.totalSeconds) s; try again later")
    }
    if ready == 0 {
      return error(
        .timeout, "no connection to \(host) within \(request.connectSeconds) s; check the address and the firewall")
    }
    return error(
      .stalled,
      "\(host) sent less than \(request.stallBytesPerSecond) bytes/s for \(request.stallSeconds) s; try again later")
  }

  private static func code(for code: CURLcode, detail: String) -> TransportError.Code {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
    case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_CERTPROBLEM,
      CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CLIENTCERT:
      .tls
    case CURLE_URL_MALFORMAT: .badURL
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL: .protocolError
    // libcurl's own limit on one line.
    case CURLE_OUT_OF_MEMORY: .headersTooLarge
    // In TLS 1.3 a server refuses the client's certificate after the handshake, where the client already reads.
    case CURLE_RECV_ERROR where detail.contains("SSL_read") && detail.contains(" alert "): .tls
    default: .network
    }
  }

  private func explanation(of code: TransportError.Code, _ host: String, _ reason: String) -> String {
    switch code {
    case .dns: "\(host) cannot be looked up; check the name and this machine's DNS (\(reason))"
    case .connect: "no connection to \(host); check that it is up and reachable (\(reason))"
    case .tls:
      "no TLS with \(host); check its certificate, the CA file and client certificate set for it, and this machine's "
        + "clock (\(reason))"
    case .headersTooLarge: "\(host) sends a header that is too long; given up"
    case .protocolError: "\(host) does not answer in HTTP; check host, port and scheme (\(reason))"
    default: "the connection to \(host) failed; try again later (\(reason))"
    }
  }
}
