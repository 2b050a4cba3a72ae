import COpenSSL
import Host
import ImageModel

/// What is wrong with a file that TLS settings name: libcurl reads it with the first request, perhaps in weeks.
package struct TLSFileFault: Error, Hashable, Sendable {
  package enum File: Sendable {
    case ca, clientCert, clientKey

    /// The key of the setting that names it, of a registry as of a sink.
    package var key: String {
      switch self {
      case .ca: "ca_file"
      case .clientCert: "client_cert_file"
      case .clientKey: "client_key_file"
      }
    }
  }

  package let file: File
  /// Why it is no good, without its name.
  package let reason: String
}

extension TLSSettings {
  /// What keeps connections from being made with what is in a directory, as it is now; `nil` where there is none.
  package var folderFault: String? {
    do throws(TLSFilesFailure) {
      guard let folder = try CertificateFolder.first(of: folders) else { return nil }
      for file in folder.authorities {
        if let fault = TLSSettings(caFile: file).faults.first {
          throw CertificateFolder.failure(folder.path, "\(file): \(fault.reason)")
        }
      }
      guard let client = folder.client else { return nil }
      if let fault = TLSSettings(clientCertFile: client.certificate, clientKeyFile: client.key).faults.first {
        let file = fault.file == .clientKey ? client.key : client.certificate
        throw CertificateFolder.failure(folder.path, "\(file): \(fault.reason)")
      }
      return nil
    } catch {
      return error.message
    }
  }

  /// What keeps connections from being made with these files as they are now.
  package var faults: [TLSFileFault] {
    var faults: [TLSFileFault] = []
    if let caFile {
      note(.ca, &faults) { () throws(PEM.Problem) in _ = try PEM(caFile).certificates() }
    }
    guard let clientCertFile else { return faults }
    var certificate: PEM.Certificate?
    note(.clientCert, &faults) { () throws(PEM.Problem) in
      certificate = try PEM(clientCertFile).certificates().first
      if certificate?.isExpired == true { throw PEM.Problem(reason: "its certificate has expired") }
    }
    note(clientKeyFile == nil ? .clientCert : .clientKey, &faults) { () throws(PEM.Problem) in
      let key = try PEM(clientKeyFile ?? clientCertFile).privateKey()
      if certificate?.belongs(to: key) == false {
        throw PEM.Problem(reason: "its key is not that of the certificate in \(clientCertFile.safe())")
      }
    }
    return faults
  }

  private func note(
    _ file: TLSFileFault.File, _ faults: inout [TLSFileFault], _ read: () throws(PEM.Problem) -> Void
  ) {
    do throws(PEM.Problem) { try read() } catch { faults.append(TLSFileFault(file: file, reason: error.reason)) }
  }
}

/// A file in PEM. Source: RFC 7468.
private struct PEM {
  typealias Problem = BoundedFile.Failure

  private let bytes: [UInt8]

  init(_ path: String) throws(Problem) { bytes = try BoundedFile.read(path, limit: Limits.trustBytes) }

  final class Certificate {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    var isExpired: Bool { X509_cmp_current_time(X509_get0_notAfter(pointer)) < 0 }

    func belongs(to key: Key) -> Bool {
      defer { ERR_clear_error() }
      return X509_check_private_key(pointer, key.pointer) == 1
    }
  }

  final class Key {
    fileprivate let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }
  }

  /// All of them, at least one.
  func certificates() throws(Problem) -> [Certificate] {
    var found: [Certificate] = []
    let reason = read { bio in
      while let certificate = PEM_read_bio_X509_AUX(bio, nil, noPassphrase, nil) {
        found.append(Certificate(certificate))
      }
    }
    // The end of the file is where no block begins any more.
    guard reason == PEM_R_NO_START_LINE else { throw Problem(reason: "a PEM certificate in it is damaged") }
    guard !found.isEmpty else { throw Problem(reason: "no PEM certificate is in it") }
    return found
  }

  func privateKey() throws(Problem) -> Key {
    var key: Key?
    let reason = read { bio in key = PEM_read_bio_PrivateKey(bio, nil, noPassphrase, nil).map(Key.init) }
    if let key { return key }
    throw Problem(
      reason: reason == PEM_R_BAD_PASSWORD_READ
        ? "its key is encrypted, and there is nobody to ask for the passphrase" : "no PEM private key is in it")
  }

  /// - Returns: why OpenSSL stopped.
  private func read(_ body: (OpaquePointer) -> Void) -> Int32 {
    ERR_clear_error()
    defer { ERR_clear_error() }
    return bytes.withUnsafeBytes { bytes in
      guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return 0 }
      defer { BIO_free(bio) }
      body(bio)
      return ERR_GET_REASON(ERR_peek_last_error())
    }
  }
}

/// Says that there is none: OpenSSL would ask on the terminal.
private func noPassphrase(
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 { -1 }
