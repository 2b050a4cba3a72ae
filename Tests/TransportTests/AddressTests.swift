import TestSupport
import Testing

@testable import Transport

@Suite("addresses")
struct AddressTests {
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
    _ = try await client.send(request(url, addresses: .denyLinkLocal))
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
