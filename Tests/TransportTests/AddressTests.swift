import TestSupport
import Testing

@testable import Transport

@Suite("addresses")
struct AddressTests {
  @Test(
    "not public: first and last of each block",
    arguments: [
      "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
      "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0",
      "192.0.0.255", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
      "198.51.100.7", "203.0.113.7", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255",
      "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
      "100::1", "2001::1", "2001:0:ffff:ffff::", "2001:db8::1", "2002::1", "2002:7f00:1::", "3fff::1",
      "3fff:fff::1", "5f00::1", "fc00::1", "fdff::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1",
    ])
  func special(text: String) throws {
    #expect(!AddressRules.isPublic(try #require(IPAddress(text))))
  }

  @Test(
    "public: the neighbours of the blocks",
    arguments: [
      "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
      "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
      "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b:2::1",
      "100:0:0:1::1", "2001:1::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1", "2003::1", "3ffe::1",
      "2606:4700::1111", "2a00::1",
    ])
  func ordinary(text: String) throws {
    #expect(AddressRules.isPublic(try #require(IPAddress(text))))
  }

  @Test(
    "link-local and metadata",
    arguments: [
      ("169.254.0.0", true), ("169.254.169.254", true), ("169.254.255.255", true), ("169.255.0.0", false),
      ("::ffff:169.254.169.254", true), ("64:ff9b::a9fe:a9fe", true), ("2002:a9fe:a9fe::", true), ("fe80::1", true),
      ("febf:ffff::", true), ("fec0::1", false), ("fd00:ec2::254", true), ("fd00:ec2::253", false),
      ("127.0.0.1", false), ("10.0.0.1", false), ("8.8.8.8", false), ("::1", false),
    ])
  func linkLocal(text: String, expected: Bool) throws {
    #expect(AddressRules.isLinkLocalOrMetadata(try #require(IPAddress(text))) == expected)
  }

  @Test(
    "text in and out",
    arguments: [
      ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("::ffff:1.2.3.4", "1.2.3.4"), ("2001:DB8::0", "2001:db8::"),
      ("1.2.3", nil), ("01.2.3.4", nil), ("::g", nil), ("", nil), ("fe80::1%eth0", nil), ("localhost", nil),
    ])
  func text(text: String, expected: String?) {
    #expect(IPAddress(text)?.description == expected)
  }

  @Test("only four or sixteen bytes are an address", arguments: 0...17)
  func bytes(count: Int) {
    #expect((IPAddress(bytes: [UInt8](repeating: 1, count: count)) != nil) == (count == 4 || count == 16))
  }

  @Test(
    "this machine is not public, by address and by name", arguments: ["127.0.0.1", "localhost", "a.localhost", "[::1]"])
  func loopbackRefused(host: String) async throws {
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      let url = "http://\(host):\(server.port)/"
      let error = await failure(of: request(url, addresses: .publicOnly), with: client)
      #expect(error?.code == .addressRefused)
      #expect(server.connectionCount == 0)
    }
  }

  @Test("a name is judged by the address it leads to, whatever was said about it before")
  func rebinding() async throws {
    let server = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { server.stop() }
    var settings = ClientSettings()
    settings.fixedHosts = ["rebound.test:\(server.port):127.0.0.1"]
    let client = HTTPClient(settings: settings)
    defer { client.shutdown() }
    let url = "http://rebound.test:\(server.port)/"

    let fresh = await failure(of: request(url, addresses: .publicOnly), with: client)
    #expect(fresh?.code == .addressRefused)
    #expect(fresh?.message.contains("127.0.0.1") == true)
    #expect(server.connectionCount == 0)

    // Now a connection is open, and a request that may not use it must not.
    _ = try await client.send(request(url, addresses: .any))
    let reusing = await failure(of: request(url, addresses: .publicOnly), with: client)
    #expect(reusing?.code == .addressRefused)
    #expect(server.requests.count == 1 && server.connectionCount == 1)
  }

  @Test("loopback is reached under the ordinary policy and reported as not public")
  func ordinaryPolicy() async throws {
    try await withServer { _ in
      ScriptedResponse(200)
    } _: { server, client in
      let response = try await client.send(request(server.origin, addresses: .denyLinkLocal))
      #expect(response.status == 200 && !response.isFromPublicAddress)
    }
  }
}
