/// How a server proves who it is, and how the client does. TLS 1.2 is the least in every case.
package struct TLSSettings: Hashable, Sendable {
  /// PEM file with roots to trust in addition to the system's.
  package var caFile: String?
  /// PEM file with the client's certificate chain.
  package var clientCertFile: String?
  /// PEM file with its key; `nil` where the key is in the certificate file.
  package var clientKeyFile: String?
  /// Directories with certificates for the host, as Docker has them: the first that is there counts. Where the files
  /// above are named there are none.
  package var folders: [String]
  /// Whether the client's certificate of a directory is shown.
  var showsClient = true
  /// Accepts any certificate. Does not hold for another origin that a redirect leads to.
  package var skipVerify: Bool

  package init(
    caFile: String? = nil, clientCertFile: String? = nil, clientKeyFile: String? = nil, folders: [String] = [],
    skipVerify: Bool = false
  ) {
    self.caFile = caFile
    self.clientCertFile = clientCertFile
    self.clientKeyFile = clientKeyFile
    self.folders = folders
    self.skipVerify = skipVerify
  }

  /// Whether anything has to be read for them.
  var namesFiles: Bool { caFile != nil || clientCertFile != nil || !folders.isEmpty }

  /// Little tells them apart, and they are looked up for every request.
  package func hash(into hasher: inout Hasher) { hasher.combine(caFile ?? clientCertFile ?? folders.first) }

  /// What is left of them for another origin: the operator's roots, and nothing that identifies the client
  /// or trusts blindly.
  package var forOtherOrigin: TLSSettings {
    var settings = TLSSettings(caFile: caFile, folders: folders)
    settings.showsClient = false
    return settings
  }
}
