import ImageModel

/// What keeps TLS from being spoken, so far as libcurl's words tell. Source: OpenSSL's `X509_verify_cert_error_string`
/// and `ERR_reason_error_string`, libcurl's `lib/vtls/openssl.c`.
package enum TLSProblem: Sendable {
  /// The server speaks plain HTTP there.
  case plainHTTP
  case expired, notYetValid
  /// The certificate is for another host.
  case otherName
  case unknownAuthority
  /// A file that the settings name cannot be used.
  case ownFile
  case other

  init(_ words: String) {
    self =
      switch words {
      case _ where words.contains("wrong version number") || words.contains("packet length too long"): .plainHTTP
      case _ where words.contains("certificate has expired"): .expired
      case _ where words.contains("certificate is not yet valid"): .notYetValid
      case _ where words.contains("subject name"): .otherName
      case _ where words.contains("self-signed certificate") || words.contains("self signed certificate"):
        .unknownAuthority
      case _ where words.contains("unable to get") && words.contains("issuer certificate"): .unknownAuthority
      case _ where words.contains("the CA file "): .ownFile
      default: .other
      }
  }

  /// What to do about an authority that is not known.
  ///
  /// - Parameters:
  ///   - caFile: what is trusted beside the system's authorities, if anything.
  ///   - setting: where that is named.
  package static func advice(caFile: String?, setting: String) -> String {
    guard let caFile else { return "for an authority of your own, set \(setting) to its certificate in PEM" }
    return
      "no certificate in \(caFile.safe()) (\(setting)) has signed what the server sent; put that of its authority there"
  }
}

extension TransportError {
  /// `nil` for what is not about TLS.
  package var tlsProblem: TLSProblem? { code == .tls ? TLSProblem(reason ?? what) : nil }

  /// The same with other words for what to do.
  package func advising(_ advice: String) -> TransportError {
    TransportError(code, what, reason: reason, advice: advice, url: url, redirected: redirected)
  }
}
