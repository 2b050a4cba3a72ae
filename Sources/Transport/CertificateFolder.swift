import Glibc

/// A directory with the certificates for one host, as Docker and Podman have it: `*.crt` are authorities, `X.cert` with
/// `X.key` is what the client shows. Source: containers-certs.d(5); moby `registry/registry.go`.
struct CertificateFolder {
  typealias Failure = TLSFilesFailure

  private static let entryLimit = 1_000

  let path: String
  /// Paths, by name.
  let authorities: [String]
  /// The first pair by name: libcurl shows one.
  let client: (certificate: String, key: String)?

  /// The first of these directories that is there, as it is now; `nil` for none.
  ///
  /// - Throws: what is wrong with it: nobody else would be asked for what it lacks.
  static func first(of paths: [String]) throws(Failure) -> CertificateFolder? {
    for path in paths {
      var status = stat()
      if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return try CertificateFolder(path) }
    }
    return nil
  }

  private init(_ path: String) throws(Failure) {
    let names = try Self.names(in: path)
    func stems(_ suffix: String) -> [String] {
      names.filter { $0.hasSuffix(suffix) && $0.utf8.count > suffix.utf8.count }.map {
        String($0.dropLast(suffix.count))
      }
    }
    let (certificates, keys) = (stems(".cert"), stems(".key"))
    if let lone = certificates.first(where: { !keys.contains($0) }) {
      throw Self.failure(
        path, "\(lone).key is missing for \(lone).cert", "add it; the certificate of an authority is named *.crt")
    }
    if let lone = keys.first(where: { !certificates.contains($0) }) {
      throw Self.failure(path, "\(lone).cert is missing for \(lone).key", "add it, or take the key away")
    }
    self.path = path
    authorities = stems(".crt").map { "\(path)/\($0).crt" }
    client = certificates.first.map { ("\(path)/\($0).cert", "\(path)/\($0).key") }
  }

  static func failure(_ path: String, _ reason: String, _ advice: String? = nil) -> Failure {
    Failure(
      message: "the certificates in \(path) cannot be used: \(reason)",
      advice: advice ?? "correct them, or set ca_file and client_cert_file")
  }

  private static func names(in path: String) throws(Failure) -> [String] {
    guard let folder = opendir(path) else { throw failure(path, String(cString: strerror(errno))) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      names.append(
        withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
      guard names.count <= entryLimit else { throw failure(path, "it has more than \(entryLimit) entries") }
    }
    return names.sorted()
  }
}
