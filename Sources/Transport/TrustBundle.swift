import CCurl
import Glibc
import Host
import ImageModel

/// Roots of trust in PEM: the system's and those of some files. `CURLOPT_CAINFO` replaces the system's roots, so
/// they are put together here, in a file in memory: as `CURLOPT_CAINFO_BLOB` libcurl would copy and compare
/// them with every request, keep a copy with every connection and parse them for each.
final class TrustBundle {
  struct Failure: Error {
    let message: String
    /// What to do, where it is not to correct `ca_file`.
    var advice: String?
  }

  /// Where libcurl reads the file. No other bundle of this process has the same: libcurl takes equal paths
  /// for equal roots when it uses a connection or parsed roots again, but descriptors are given out again.
  let path: String
  fileprivate let stamps: [FileStamp]
  private let descriptor: Int32

  /// `nil` when the system gives no memory for it.
  fileprivate init?(_ contents: [UInt8], stamps: [FileStamp], number: UInt32) {
    descriptor = ccurl_memory_file("ca-bundle")
    self.stamps = stamps
    let unique = (0..<32).map { number >> $0 & 1 == 0 ? "/" : "/." }.joined()
    path = "/proc/self/fd\(unique)/\(descriptor)"
    guard descriptor >= 0, Self.write(contents, to: descriptor) else { return nil }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  private static func write(_ contents: [UInt8], to descriptor: Int32) -> Bool {
    var written = 0
    while written < contents.count {
      let count = contents[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { return false }
      written += count
    }
    return true
  }
}

/// What TLS is spoken with.
struct TLSMaterial: Equatable {
  /// `nil` for the system's roots.
  var trust: TrustBundle?
  var clientCertFile: String?
  var clientKeyFile: String?
  var skipsVerification = false

  static func == (left: TLSMaterial, right: TLSMaterial) -> Bool {
    left.trust === right.trust && left.clientCertFile == right.clientCertFile
      && left.clientKeyFile == right.clientKeyFile && left.skipsVerification == right.skipsVerification
  }
}

/// Makes bundles and keeps them for as long as their files stay the same.
struct TrustStore {
  /// The system's bundle as libcurl was built to find it; `nil` where it uses a directory alone.
  static let systemFile: String? = {
    guard let info = curl_version_info(CURLVERSION_SEVENTH), let path = info.pointee.cainfo else { return nil }
    return FileStamp(String(cString: path)) == nil ? nil : String(cString: path)
  }()

  private var bundles: [[String]: TrustBundle] = [:]
  private var made: UInt32 = 0

  /// What connections of these settings are made with, by the files as they are now.
  mutating func material(for tls: TLSSettings, isSecure: Bool) throws(TrustBundle.Failure) -> TLSMaterial {
    var material = TLSMaterial(
      clientCertFile: tls.clientCertFile, clientKeyFile: tls.clientKeyFile, skipsVerification: tls.skipVerify)
    if let caFile = tls.caFile, !tls.skipVerify { material.trust = try bundle(adding: [caFile]) }
    guard isSecure, !tls.folders.isEmpty, let folder = try CertificateFolder.first(of: tls.folders) else {
      return material
    }
    if tls.showsClient {
      (material.clientCertFile, material.clientKeyFile) = (folder.client?.certificate, folder.client?.key)
    }
    guard !folder.authorities.isEmpty, !tls.skipVerify else { return material }
    do throws(TrustBundle.Failure) {
      material.trust = try bundle(adding: folder.authorities)
    } catch {
      throw CertificateFolder.failure(folder.path, error.message)
    }
    return material
  }

  /// The system's roots and those in `files`. Reads only if one of them has changed since the last time.
  mutating func bundle(adding files: [String]) throws(TrustBundle.Failure) -> TrustBundle {
    var stamps: [FileStamp] = []
    for file in files {
      guard let stamp = FileStamp(file) else { throw Self.failure(file, String(cString: strerror(errno))) }
      stamps.append(stamp)
    }
    if let known = bundles[files], known.stamps == stamps { return known }
    var contents = try Self.systemFile.map { path throws(TrustBundle.Failure) in try Self.read(path) } ?? []
    for file in files {
      let added = try Self.read(file)
      guard Self.holdsCertificate(added) else { throw Self.failure(file, "no PEM certificate in it") }
      contents.append(UInt8(ascii: "\n"))
      contents += added
    }
    made &+= 1
    guard let bundle = TrustBundle(contents, stamps: stamps, number: made) else {
      throw Self.failure(files.joined(separator: ", "), String(cString: strerror(errno)))
    }
    bundles[files] = bundle
    return bundle
  }

  private static func read(_ file: String) throws(TrustBundle.Failure) -> [UInt8] {
    do { return try BoundedFile.read(file, limit: Limits.trustBytes) } catch { throw failure(file, error.reason) }
  }

  private static func failure(_ file: String, _ reason: String) -> TrustBundle.Failure {
    TrustBundle.Failure(message: "the CA file \(file) cannot be used: \(reason)")
  }

  /// Also finds `BEGIN TRUSTED CERTIFICATE` and `BEGIN X509 CERTIFICATE`.
  private static func holdsCertificate(_ contents: [UInt8]) -> Bool {
    let marker = Array("CERTIFICATE-----".utf8)
    return contents.withUnsafeBytes { bytes in
      marker.withUnsafeBytes { marker in
        guard bytes.count >= marker.count else { return false }
        return (0...bytes.count - marker.count).contains {
          bytes[$0] == marker[0] && bytes[$0..<$0 + marker.count].elementsEqual(marker)
        }
      }
    }
  }
}

/// Enough of a file's metadata to notice that it was replaced or written to.
private struct FileStamp: Equatable {
  let device: UInt
  let inode: UInt
  let size: Int
  let seconds: Int
  let nanoseconds: Int

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
