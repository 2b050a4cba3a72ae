import Foundation
import Glibc
import TestSupport
import Testing

/// TLS in front of a plain server on loopback: what comes is handed on byte for byte.
final class TLSFront {
  private static let program = """
    from socket import SHUT_WR, create_connection, create_server
    from ssl import PROTOCOL_TLS_SERVER, SSLContext
    from sys import argv
    from threading import Thread
    context = SSLContext(PROTOCOL_TLS_SERVER)
    context.load_cert_chain(argv[2], argv[3])
    listener = create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    def pipe(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(SHUT_WR)
        except OSError:
            pass
    def serve(client):
        try:
            client = context.wrap_socket(client, server_side=True)
        except OSError:
            return
        server = create_connection(("127.0.0.1", int(argv[1])))
        Thread(target=pipe, args=(client, server), daemon=True).start()
        pipe(server, client)
    while True:
        Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
    """

  /// `127.0.0.1:port`.
  let authority: String
  private let process: Child

  init(_ port: Int, _ certificates: Certificates) throws {
    let files = try certificates.make(.good)
    let said = certificates.path("front.port")
    process = try Child(
      "python3", ["-c", Self.program, "\(port)", files.certificate, files.key], directory: certificates.folder.path,
      stdout: said, stderr: certificates.path("front.log"))
    #expect(eventually { WatcherBinary.text(said).hasSuffix("\n") }, "it names its port")
    authority = "127.0.0.1:" + WatcherBinary.text(said).trimmingCharacters(in: .newlines)
  }

  deinit { kill(process.pid, SIGKILL) }
}
