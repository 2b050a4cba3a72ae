import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import Transport

@Suite("TLS")
struct TLSTests {
  private func page(_ server: TLSServer, tls: TLSSettings) -> HTTPRequest {
    var page = request(server.origin + "/page")
    page.tls = tls
    page.allowPlainHTTP = false
    return page
  }

  private func withClient<Result>(
    _ settings: ClientSettings = ClientSettings(), _ body: (HTTPClient) async throws -> Result
  ) async rethrows -> Result {
    let client = HTTPClient(settings: settings)
    defer { client.shutdown() }
    return try await body(client)
  }

  @Test("a certificate of the added CA is good, by address and by name, and without the CA it is not")
  func good() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, .good)
    var settings = ClientSettings()
    settings.fixedHosts = ["registry.test:\(server.port):127.0.0.1", "evil.test:\(server.port):127.0.0.1"]
    try await withClient(settings) { client in
      let trusting = TLSSettings(caFile: certificates.caFile)
      let response = try await client.send(page(server, tls: trusting))
      #expect(response.status == 200 && text(response.body) == "hello")

      var byName = page(server, tls: trusting)
      byName.url = "https://registry.test:\(server.port)/page"
      _ = try await client.send(byName)
      byName.url = "https://evil.test:\(server.port)/page"
      #expect(await failure(of: byName, with: client)?.code == .tls)

      #expect(await failure(of: page(server, tls: TLSSettings()), with: client)?.code == .tls)
    }
  }

  @Test("certificates that are no good", arguments: [Certificates.Kind.wrongHost, .expired, .selfSigned])
  func bad(kind: Certificates.Kind) async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, kind)
    try await withClient { client in
      let error = await failure(of: page(server, tls: TLSSettings(caFile: certificates.caFile)), with: client)
      #expect(error?.code == .tls)
      #expect(error?.message.contains("127.0.0.1:\(server.port)") == true)
      #expect(error?.tlsProblem == (kind == .wrongHost ? .otherName : kind == .expired ? .expired : .unknownAuthority))
      let response = try await client.send(page(server, tls: TLSSettings(skipVerify: true)))
      #expect(response.status == 200)
      // Trust given once is not trust for the next request over the same handle.
      #expect(await failure(of: page(server, tls: TLSSettings()), with: client)?.code == .tls)
    }
  }

  @Test("what TLS is not spoken for is told apart")
  func problems() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, .good)
    try await withClient { client in
      #expect(await failure(of: page(server, tls: TLSSettings()), with: client)?.tlsProblem == .unknownAuthority)
      let missing = TLSSettings(caFile: certificates.path("none"))
      #expect(await failure(of: page(server, tls: missing), with: client)?.tlsProblem == .ownFile)
      let plain = try PlainServer(in: certificates.folder)
      #expect(await failure(of: request("https://127.0.0.1:\(plain.port)/"), with: client)?.tlsProblem == .plainHTTP)
    }
  }

  @Test("TLS 1.1 is refused, verified or not")
  func oldProtocol() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, .good, options: ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"])
    await withClient { client in
      for tls in [TLSSettings(caFile: certificates.caFile), TLSSettings(skipVerify: true)] {
        #expect(await failure(of: page(server, tls: tls), with: client)?.code == .tls)
      }
    }
  }

  @Test("a client certificate is shown where one is set")
  func clientCertificate() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, .good, options: ["-Verify", "1", "-CAfile", certificates.caFile])
    let client = try certificates.make(.client)
    var tls = TLSSettings(caFile: certificates.caFile)
    try await withClient { http in
      let error = await failure(of: page(server, tls: tls), with: http)
      #expect(error?.code == .clientCertificate)
      #expect(error?.what == "127.0.0.1:\(server.port) asks for a client certificate")
      #expect(error?.reason?.contains("certificate required") == true)
      tls.clientCertFile = client.certificate
      tls.clientKeyFile = client.key
      let response = try await http.send(page(server, tls: tls))
      #expect(response.status == 200)
      tls.clientKeyFile = certificates.path("ca.key")
      #expect(await failure(of: page(server, tls: tls), with: http)?.code == .tls)
    }
  }

  @Test("a client certificate that the server refuses is told as that")
  func refusedClientCertificate() async throws {
    let certificates = try Certificates()
    let options = ["-Verify", "1", "-verify_return_error", "-CAfile", certificates.caFile]
    let server = try TLSServer(certificates, .good, options: options)
    let strangers = try Certificates()
    let stranger = try strangers.make(.client)
    let tls = TLSSettings(
      caFile: certificates.caFile, clientCertFile: stranger.certificate, clientKeyFile: stranger.key)
    await withClient { http in
      let error = await failure(of: page(server, tls: tls), with: http)
      #expect(error?.code == .clientCertificate)
      #expect(error?.what == "127.0.0.1:\(server.port) refuses the client certificate")
    }
    withExtendedLifetime(strangers) {}
  }

  @Test("a CA file that cannot be used is named")
  func unusableCA() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, .good)
    let missing = certificates.path("absent.pem")
    let garbage = try certificates.write("no certificate", to: "garbage.pem")
    // What is cut off could be the one certificate that counts.
    let pem = try String(contentsOfFile: certificates.caFile, encoding: .utf8)
    let long = try certificates.write(
      pem + String(repeating: "#\n", count: Limits.trustBytes / 2), to: "long.pem")
    let pipe = certificates.path("pipe.pem")
    #expect(mkfifo(pipe, 0o600) == 0)
    await withClient { client in
      for (file, reason) in [
        (missing, "No such file or directory"), (garbage, "no PEM certificate in it"),
        (long, "it is longer than 8388608 bytes"), (pipe, "no PEM certificate in it"),
      ] {
        let error = await failure(of: page(server, tls: TLSSettings(caFile: file)), with: client)
        #expect(error?.code == .tls)
        #expect(error?.message.contains("the CA file \(file) cannot be used: \(reason)") == true, "\(error as Any)")
      }
    }
  }

  @Test("a CA file that is replaced counts from the next look on")
  func replacedCA() async throws {
    let certificates = try Certificates()
    let others = try Certificates()
    let server = try TLSServer(certificates, .good)
    let pem = try String(contentsOfFile: certificates.caFile, encoding: .utf8)
    let otherPEM = try String(contentsOfFile: others.caFile, encoding: .utf8)
    let file = try certificates.write(otherPEM, to: "used.pem")
    try await withClient(.looking) { client in
      #expect(await failure(of: page(server, tls: TLSSettings(caFile: file)), with: client)?.code == .tls)
      _ = try certificates.write(otherPEM + pem, to: "used.pem")
      _ = try await client.send(page(server, tls: TLSSettings(caFile: file)))
      _ = try certificates.write(otherPEM, to: "used.pem")
      #expect(await failure(of: page(server, tls: TLSSettings(caFile: file)), with: client)?.code == .tls)
    }
  }

  @Test("an added CA file leaves the system's roots in place, and is read once for all")
  func addedRoots() async throws {
    let certificates = try Certificates()
    let systemFile = try #require(TLSStore.systemFile)
    let store = TLSStore(.looking)
    let settings = TLSSettings(caFile: certificates.caFile)
    let trust = try #require(try await store.material(for: settings).get().trust)
    let contents = try String(contentsOfFile: trust.path, encoding: .utf8)
    #expect(contents.hasPrefix(try String(contentsOfFile: systemFile, encoding: .utf8)))
    #expect(contents.hasSuffix(try String(contentsOfFile: certificates.caFile, encoding: .utf8)))
    #expect(try await store.material(for: settings).get().trust === trust)
    let pair = try certificates.make(.client)
    let others = TLSSettings(caFile: certificates.caFile, clientCertFile: pair.certificate, clientKeyFile: pair.key)
    #expect(try await store.material(for: others).get().trust === trust)
  }

  @Test("no two copies have one path, for libcurl takes equal paths for equal contents")
  func copiesHavePathsOfTheirOwn() async throws {
    let certificates = try Certificates()
    let pem = try String(contentsOfFile: certificates.caFile, encoding: .utf8)
    let store = TLSStore(.looking)
    var paths: Set<String> = []
    for number in 1...20 {
      let file = try certificates.write(String(repeating: pem, count: number), to: "changing.pem")
      let trust = try #require(try await store.material(for: TLSSettings(caFile: file)).get().trust)
      #expect(paths.insert(trust.path).inserted)
    }
  }

  @Test("a file of the client's certificate that cannot be used is named")
  func unusableClient() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(certificates, .good)
    let pair = try certificates.make(.client)
    let (missing, junk) = (certificates.path("absent"), try certificates.write("junk", to: "junk"))
    await withClient { client in
      for (certificate, key, words) in [
        (missing, pair.key, "the client certificate \(missing) cannot be used: No such file or directory"),
        (pair.certificate, missing, "the client's key \(missing) cannot be used: No such file or directory"),
        (junk, pair.key, junk), (pair.certificate, junk, junk),
      ] {
        let tls = TLSSettings(caFile: certificates.caFile, clientCertFile: certificate, clientKeyFile: key)
        let error = await failure(of: page(server, tls: tls), with: client)
        #expect(error?.code == .tls && error?.message.contains(words) == true, "\(error as Any)")
      }
    }
  }

  @Test("a redirect from https to http is refused although http is allowed")
  func downgrade() async throws {
    let certificates = try Certificates()
    let server = try TLSServer(
      certificates, .good, page: "HTTP/1.0 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n")
    await withClient { client in
      var start = page(server, tls: TLSSettings(caFile: certificates.caFile))
      start.allowPlainHTTP = true
      let error = await failure(of: start, with: client)
      #expect(error?.code == .redirectRefused)
    }
  }

  @Test("a server that does not shake hands is given up in the time for connecting")
  func noHandshake() async throws {
    try await withServer { _ in
      .init(200)
    } _: { server, client in
      var hello = request(server.origin.replacing("http:", with: "https:"))
      hello.connectSeconds = 1
      let error = await failure(of: hello, with: client)
      #expect(error?.code == .timeout)
      #expect(error?.message.hasPrefix("no connection to 127.0.0.1:\(server.port) within 1 s") == true)
    }
  }
}
