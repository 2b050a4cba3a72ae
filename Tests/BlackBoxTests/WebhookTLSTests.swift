import Foundation
import Glibc
import TestSupport
import Testing

/// A receiver whose certificate is of an authority of one's own.
@Suite struct WebhookTLSTests {
  /// Answers every POST with 204, over TLS; prints its port.
  private static let receiver = """
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from ssl import PROTOCOL_TLS_SERVER, SSLContext
    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(204)
            self.end_headers()
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain("cert.pem", "key.pem")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """

  @Test func isTrustedWithItsOwnAuthority() throws {
    let scene = try Scene(watch: [])
    let made = try Child(
      "openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=receiver",
        "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem",
      ], directory: scene.directory, stdout: scene.stdout, stderr: scene.stderr
    ).finish()
    try #require(made == 0)
    let said = scene.directory + "/port"
    let server = try Child(
      "python3", ["-c", Self.receiver], directory: scene.directory, stdout: said, stderr: scene.stderr)
    defer { kill(server.pid, SIGKILL) }
    #expect(eventually { WatcherBinary.text(said).hasSuffix("\n") }, "the receiver names its port")
    let port = WatcherBinary.text(said).trimmingCharacters(in: .newlines)
    func test(_ more: [String: Any]) throws -> WatcherBinary.Outcome {
      let hook: [String: Any] = ["type": "webhook", "url": "https://127.0.0.1:\(port)/"]
      try scene.configure(watch: [], sinks: ["hook": hook.merging(more) { $1 }])
      return try scene.run(["sinks", "test", "hook", "--config", scene.config])
    }
    let stranger = try test([:])
    #expect(stranger.status == 69)
    #expect(
      stranger.stderr.contains("; for an authority of your own, set the sink's ca_file to its certificate in PEM (SSL"))
    let trusted = try test(["ca_file": "cert.pem"])
    #expect(trusted.status == 0 && trusted.stderr.contains("HTTP status 204"), "\(trusted.stderr)")
    try "junk".write(toFile: scene.directory + "/junk.pem", atomically: true, encoding: .utf8)
    let junk = try test(["ca_file": "junk.pem"])
    #expect(junk.status == 69 && junk.stderr.contains("correct the sink's ca_file"), "\(junk.stderr)")
  }
}
