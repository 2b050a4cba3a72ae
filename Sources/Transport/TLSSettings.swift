/// How a server proves who it is, and how the client does. TLS 1.2 is the least in every case.
public struct TLSSettings: Hashable, Sendable {
  /// PEM file with roots to trust besides the system's.
  public var caFile: String?
  /// PEM file with the client's certificate chain.
  public var clientCertFile: String?
  /// PEM file with its key; `nil` where the key is in the certificate file.
  public var clientKeyFile: String?
  /// Accepts any certificate. Does not hold for another origin that a redirect leads to.
  public var skipVerify: Bool

  public init(
    caFile: String? = nil, clientCertFile: String? = nil, clientKeyFile: String? = nil, skipVerify: Bool = false
  ) {
    self.caFile = caFile
    self.clientCertFile = clientCertFile
    self.clientKeyFile = clientKeyFile
    self.skipVerify = skipVerify
  }

  /// What is left of them for another origin: the operator's roots, and nothing that identifies the client
  /// or trusts blindly.
  var forOtherOrigin: TLSSettings { TLSSettings(caFile: caFile) }
}
