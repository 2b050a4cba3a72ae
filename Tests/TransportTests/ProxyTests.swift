import TestSupport
import Testing

@testable import Transport

@Suite("proxies")
struct ProxyTests {
  @Test(
    "this machine is never behind a proxy",
    arguments: [
      ("", "localhost,127.0.0.0/8,::1"), ("a.test, .b.test", "a.test, .b.test,localhost,127.0.0.0/8,::1"), ("*", "*"),
    ])
  func list(environment: String, expected: String) {
    #expect(ClientSettings.noProxy(environment: environment) == expected)
  }

  @Test("other hosts go through the proxy, this machine and the excepted do not")
  func routes() async throws {
    let proxy = try LoopbackServer { _ in ScriptedResponse(200, body: bytes("proxy")) }
    defer { proxy.stop() }
    let server = try LoopbackServer { _ in ScriptedResponse(200, body: bytes("server")) }
    defer { server.stop() }
    var settings = ClientSettings()
    settings.proxy = proxy.origin
    settings.noProxy = ClientSettings.noProxy(environment: ".near.test")
    settings.fixedHosts = ["a.near.test:\(server.port):127.0.0.1"]
    let client = HTTPClient(settings: settings)
    defer { client.shutdown() }
    for (host, expected) in [
      ("far.test", "proxy"), ("127.0.0.1", "server"), ("127.0.0.99", "refused"), ("localhost", "server"),
      ("a.near.test", "server"),
    ] {
      let url = "http://\(host):\(server.port)/x"
      do {
        let response = try await client.send(request(url))
        #expect(text(response.body) == expected, "\(host)")
      } catch {
        #expect(expected == "refused" && error.code == .connect, "\(host)")
      }
    }
    #expect(proxy.requests.map(\.target) == ["http://far.test:\(server.port)/x"])
  }
}
