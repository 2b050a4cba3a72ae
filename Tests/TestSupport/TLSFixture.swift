package import Foundation
import Testing

/// Certificates made with the `openssl` command in a folder of their own, removed with the fixture.
package final class Certificates {
  package enum Kind: String, CaseIterable {
    case good, wrongHost, expired, selfSigned, client
  }

  package let folder: URL
  package var caFile: String { path("ca.pem") }

  package init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "transport-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try openssl(["req", "-x509"] + newKey(for: "ca.key") + ["-subj", "/CN=Test CA", "-out", caFile])
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  package func path(_ name: String) -> String { folder.appending(path: name).path }

  package func write(_ text: String, to name: String) throws -> String {
    try Data(text.utf8).write(to: folder.appending(path: name))
    return path(name)
  }

  /// Paths of certificate and key.
  package func make(_ kind: Kind) throws -> (certificate: String, key: String) {
    let certificate = path("\(kind).pem")
    let key = path("\(kind).key")
    let name = kind == .wrongHost ? "DNS:other.test" : "IP:127.0.0.1,DNS:registry.test"
    if kind == .selfSigned {
      try openssl(
        ["req", "-x509"] + newKey(for: "\(kind).key")
          + ["-subj", "/CN=Test", "-addext", "subjectAltName=\(name)", "-out", certificate])
      return (certificate, key)
    }
    let extensions = try write("subjectAltName=\(name)", to: "\(kind).ext")
    try openssl(["req"] + newKey(for: "\(kind).key") + ["-subj", "/CN=Test", "-out", path("\(kind).csr")])
    try openssl([
      "x509", "-req", "-in", path("\(kind).csr"), "-CA", caFile, "-CAkey", path("ca.key"), "-CAcreateserial",
      "-days", kind == .expired ? "-1" : "2", "-extfile", extensions, "-out", certificate,
    ])
    return (certificate, key)
  }

  private func newKey(for name: String) -> [String] {
    ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path(name)]
  }

  private func openssl(_ arguments: [String]) throws {
    let log = path("command.log")
    let status = try Child("openssl", arguments, directory: folder.path, stdout: log, stderr: log).finish()
    try #require(status == 0, "\(arguments): \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
  }
}

/// `openssl s_server`, which answers a GET with the file of that name: status line, headers and all.
package final class TLSServer {
  package let port: Int
  package var origin: String { "https://127.0.0.1:\(port)" }
  private let process: Child

  package init(
    _ certificates: Certificates, _ kind: Certificates.Kind, options: [String] = [],
    page: String = "HTTP/1.0 200 OK\r\nX-A: b\r\n\r\nhello"
  ) throws {
    let files = try certificates.make(kind)
    _ = try certificates.write(page, to: "page")
    let log = certificates.path("server.log")
    unlink(log)
    process = try Child(
      "openssl",
      ["s_server", "-accept", "127.0.0.1:0", "-cert", files.certificate, "-key", files.key, "-HTTP"] + options,
      directory: certificates.folder.path, stdout: log, stderr: log)
    let accepts = "ACCEPT 127.0.0.1:"
    var said = ""
    let deadline = ContinuousClock.now + .seconds(10)
    while !said.contains(accepts), ContinuousClock.now < deadline {
      usleep(10_000)
      said = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    }
    let digits = said.split(separator: accepts).last?.prefix { $0.isNumber }
    port = try #require(digits.flatMap { Int($0) }, "no \(accepts) in \(said)")
  }
}

/// What answers whatever comes, a TLS greeting as well, with HTTP in the clear, as Go's servers do.
package final class PlainServer {
  package let port: Int
  private let process: Child

  private static let program = """
    from socket import create_server
    listener = create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    client = listener.accept()[0]
    client.recv(4096)
    client.sendall(b"HTTP/1.0 400 Bad Request\\r\\n\\r\\n")
    """

  package init(in folder: URL) throws {
    let said = folder.appending(path: "plain.port").path
    process = try Child("python3", ["-c", Self.program], directory: folder.path, stdout: said, stderr: said)
    var text = ""
    let deadline = ContinuousClock.now + .seconds(10)
    while !text.hasSuffix("\n"), ContinuousClock.now < deadline {
      usleep(10_000)
      text = (try? String(contentsOfFile: said, encoding: .utf8)) ?? ""
    }
    port = try #require(Int(text.trimmingCharacters(in: .newlines)), "no port in \(text)")
  }
}

/// Speaks HTTP over TLS, refuses everything, and keeps what it was told.
package final class TLSRecorder {
  package let port: Int
  /// Request lines and headers.
  package var said: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
  private let log: String
  private let process: Child

  private static let program = """
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from ssl import PROTOCOL_TLS_SERVER, SSLContext
    from sys import argv
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            print(self.requestline, self.headers, flush=True)
            self.send_response(401)
            self.send_header("WWW-Authenticate", "Basic realm=x")
            self.end_headers()
        do_HEAD = do_POST = do_GET
        def log_message(self, *_): pass
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*argv[1:])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_port, flush=True)
    server.serve_forever()
    """

  package init(_ certificates: Certificates) throws {
    let files = try certificates.make(.good)
    log = certificates.path("told")
    process = try Child(
      "python3", ["-c", Self.program, files.certificate, files.key], stdout: log, stderr: "/dev/null")
    let deadline = ContinuousClock.now + .seconds(10)
    var text = ""
    while !text.contains("\n"), ContinuousClock.now < deadline {
      usleep(10_000)
      text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    }
    port = try #require(text.split(separator: "\n").first.flatMap { Int($0) }, "no port in \(text)")
  }
}
