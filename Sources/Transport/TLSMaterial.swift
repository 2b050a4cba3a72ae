/// What TLS is spoken with.
struct TLSMaterial: Equatable, Sendable {
  /// The system's roots and others; `nil` for the system's.
  var trust: FileCopy?
  var certificate: FileCopy?
  /// `nil` where it is with the certificate.
  var key: FileCopy?
  var skipsVerification = false

  static func == (left: TLSMaterial, right: TLSMaterial) -> Bool {
    left.trust === right.trust && left.certificate === right.certificate && left.key === right.key
      && left.skipsVerification == right.skipsVerification
  }

  /// What of it is for a hop with these settings.
  func narrowed(to tls: TLSSettings) -> TLSMaterial {
    TLSMaterial(
      trust: tls.skipVerify ? nil : trust, certificate: tls.showsClient ? certificate : nil,
      key: tls.showsClient ? key : nil, skipsVerification: tls.skipVerify)
  }

  var copies: [FileCopy] { [trust, certificate, key].compactMap(\.self) }

  /// libcurl's words with the names of files that people know.
  func named(_ words: String) -> String { copies.reduce(words) { $1.named($0) } }
}

/// What keeps TLS from being spoken with what settings name.
struct TLSFilesFailure: Error {
  let message: String
  /// What to do, where it is not to correct `ca_file`.
  var advice: String?
}
