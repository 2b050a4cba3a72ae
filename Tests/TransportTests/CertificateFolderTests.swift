import Foundation
import TestSupport
import Testing

@testable import Transport

/// Certificates in a directory, as Docker and Podman have them.
@Suite("directories of certificates")
struct CertificateFolderTests {
  private let certificates: Certificates
  private let folder: String

  init() throws {
    certificates = try Certificates()
    folder = certificates.path("certs.d")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
  }

  private func copy(_ file: String, to name: String) throws {
    _ = try certificates.write(try String(contentsOfFile: file, encoding: .utf8), to: "certs.d/\(name)")
  }

  private func page(_ server: TLSServer, _ settings: TLSSettings) -> HTTPRequest {
    var page = request(server.origin + "/page")
    page.tls = settings
    page.allowPlainHTTP = false
    return page
  }

  @Test("what is put there, changed or taken away counts from the next look on")
  func authorities() async throws {
    let server = try TLSServer(certificates, .good)
    let others = try Certificates()
    let settings = TLSSettings(folders: [certificates.path("absent"), folder])
    let client = lookingClient()
    defer { client.shutdown() }
    #expect(await failure(of: page(server, settings), with: client)?.tlsProblem == .unknownAuthority)
    try copy(certificates.caFile, to: "ca.crt")
    #expect(try await client.send(page(server, settings)).status == 200)
    try copy(others.caFile, to: "ca.crt")
    #expect(await failure(of: page(server, settings), with: client)?.tlsProblem == .unknownAuthority)
    try copy(certificates.caFile, to: "zz.crt")
    #expect(try await client.send(page(server, settings)).status == 200)
    unlink(folder + "/zz.crt")
    #expect(await failure(of: page(server, settings), with: client)?.tlsProblem == .unknownAuthority)
  }

  @Test("they are trusted beside the system's")
  func beside() async throws {
    try copy(certificates.caFile, to: "ca.crt")
    let store = TLSStore(ClientSettings())
    let trust = try #require(try await store.material(for: TLSSettings(folders: [folder])).get().trust)
    let contents = try String(contentsOfFile: trust.path, encoding: .utf8)
    #expect(contents.hasPrefix(try String(contentsOfFile: try #require(TLSStore.systemFile), encoding: .utf8)))
  }

  @Test("what is wrong with them is no harm where no TLS is spoken")
  func plainHTTP() async throws {
    _ = try certificates.write("nothing", to: "certs.d/ca.crt")
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      _ = try await client.send(request(server.origin).with(TLSSettings(folders: [folder])))
    }
  }

  @Test("the pair is shown, and not where a redirect leads")
  func client() async throws {
    let server = try TLSServer(certificates, .good, options: ["-Verify", "1", "-CAfile", certificates.caFile])
    try copy(certificates.caFile, to: "ca.crt")
    let settings = TLSSettings(folders: [folder])
    let client = lookingClient()
    defer { client.shutdown() }
    #expect(await failure(of: page(server, settings), with: client)?.code == .clientCertificate)
    let pair = try certificates.make(.client)
    try copy(pair.certificate, to: "client.cert")
    try copy(pair.key, to: "client.key")
    #expect(try await client.send(page(server, settings)).status == 200)
    #expect(settings.folderFault == nil)
    #expect(await failure(of: page(server, settings.forOtherOrigin), with: client)?.code == .clientCertificate)
  }

  @Test(
    "what is missing is told, and what to do",
    arguments: [
      (["ca.cert"], "ca.key is missing for ca.cert", "add it; the certificate of an authority is named *.crt"),
      (["b.key", "a.cert", "a.key"], "b.cert is missing for b.key", "add it, or take the key away"),
      (["ca.crt"], "/certs.d/ca.crt: no PEM certificate in it", "correct them, or set ca_file and client_cert_file"),
    ])
  func faults(names: [String], reason: String, advice: String) async throws {
    for name in names { _ = try certificates.write("nothing", to: "certs.d/\(name)") }
    let settings = TLSSettings(folders: [folder])
    let client = HTTPClient()
    defer { client.shutdown() }
    let error = await failure(of: request("https://127.0.0.1:1/").with(settings), with: client)
    #expect(error?.code == .tls && error?.advice == advice)
    #expect(error?.what.hasPrefix("the certificates in \(folder) cannot be used: ") == true)
    #expect(error?.what.hasSuffix(reason) == true, "\(error?.what ?? "")")
    #expect(error?.what.contains("CA file") == false && error?.tlsProblem == .other)
    #expect(settings.folderFault?.contains(folder) == true)
  }

  @Test("what is not a directory, and other files, are nothing")
  func nothing() async throws {
    _ = try certificates.write("text", to: "certs.d/readme.txt")
    _ = try certificates.write("text", to: "certs.d/.crt")
    let store = TLSStore(ClientSettings())
    for folders in [[folder], [certificates.caFile, folder], []] {
      #expect(try await store.material(for: TLSSettings(folders: folders)).get() == TLSMaterial())
      #expect(TLSSettings(folders: folders).folderFault == nil)
    }
  }

  @Test("a key that is not the certificate's is told before it is used")
  func otherKey() async throws {
    let pair = try certificates.make(.client)
    try copy(pair.certificate, to: "client.cert")
    try copy(certificates.path("ca.key"), to: "client.key")
    let fault = try #require(TLSSettings(folders: [folder]).folderFault)
    #expect(fault.contains("\(folder)/client.key: its key is not that of the certificate in"), "\(fault)")
    let server = try TLSServer(certificates, .good)
    let client = HTTPClient()
    defer { client.shutdown() }
    let error = await failure(of: page(server, TLSSettings(folders: [folder])), with: client)
    #expect(error?.code == .tls && error?.reason?.contains("\(folder)/client.key") == true, "\(error as Any)")
    #expect(error?.advice == "correct the client certificate or its key")
  }
}

extension HTTPRequest {
  fileprivate func with(_ tls: TLSSettings) -> HTTPRequest {
    var request = self
    request.tls = tls
    return request
  }
}
