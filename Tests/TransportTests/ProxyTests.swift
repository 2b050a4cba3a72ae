import TestSupport
import Testing

@testable import Transport

@Suite("proxies")
struct ProxyTests {
  @Test("other hosts go through the proxy, this machine and the excepted do not")
  func routes() async throws {
    let proxy = try LoopbackServer { _ in ScriptedResponse(200, body: bytes("proxy")) }
    defer { proxy.stop() }
    let server = try LoopbackServer { _ in ScriptedResponse(200, body: bytes("server")) }
    defer { server.stop() }
    var settings = ClientSettings()
    settings.proxies = ProxyRules { ["http_proxy": proxy.origin, "no_proxy": ".near.test"][$0] }
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

  private func client(_ proxy: String, _ fixedHosts: [String] = []) -> HTTPClient {
    var settings = ClientSettings()
    settings.proxies = ProxyRules { $0 == "all_proxy" ? proxy : nil }
    settings.fixedHosts = fixedHosts
    return HTTPClient(settings: settings)
  }

  @Test(
    "a proxy that does not connect is named, and its password is not",
    arguments: [
      (407, "http://", TransportError.Code.proxyAuth, "set user name and password in the proxy's URL"),
      (407, "http://ann:s3cret@", .proxyAuth, "correct user name and password in the proxy's URL"),
      (403, "http://ann:s3cret@", .proxyRefused, "check that it may connect there, or except the host in no_proxy"),
      (502, "http://", .proxyRefused, "check that it may connect there, or except the host in no_proxy"),
    ])
  func connectRefused(status: Int, prefix: String, code: TransportError.Code, advice: String) async throws {
    let proxy = try LoopbackServer { request in
      ScriptedResponse(request.method == "CONNECT" ? status : 200, headers: [("Proxy-Authenticate", "Basic")])
    }
    defer { proxy.stop() }
    let client = client(prefix + proxy.authority)
    defer { client.shutdown() }
    let error = await failure(of: request("https://registry.test/v2/"), with: client)
    #expect(error?.code == code && error?.advice == advice)
    #expect(error?.what == "the proxy \(proxy.authority) answered \(status) to CONNECT for registry.test:443")
    #expect(error?.message.contains("s3cret") == false)
  }

  @Test("a proxy that is down, or whose name is unknown, is named", arguments: ["http", "https"])
  func unreachable(scheme: String) async throws {
    let gone = try LoopbackServer { _ in ScriptedResponse(200) }
    gone.stop()
    for (place, code, what) in [
      (gone.authority, .connect, "no connection to registry.test:8 through the proxy \(gone.authority)"),
      ("proxy.invalid:8", .dns, "the proxy proxy.invalid:8 cannot be looked up"),
    ] as [(String, TransportError.Code, String)] {
      let client = client("http://ann:s3cret@\(place)")
      defer { client.shutdown() }
      let error = await failure(of: request("\(scheme)://registry.test:8/"), with: client)
      #expect(error?.code == code && error?.what == what)
      #expect(error?.message.contains("s3cret") == false)
    }
  }

  @Test("a proxy that none is, is not quoted: its URL may hold a password", arguments: ["ftp", "http:// "])
  func unusable(scheme: String) async throws {
    let client = client("\(scheme)://ann:s3cret@proxy.test:1")
    defer { client.shutdown() }
    let error = await failure(of: request("http://registry.test/"), with: client)
    #expect(error?.code == .proxyRefused && error?.message.contains("s3cret") == false)
    #expect(error?.what == "the proxy for registry.test:80 is none that can be used")
  }

  @Test("what fails behind a proxy names both, and an answer tells the proxy it came through")
  func both() async throws {
    let proxy = try LoopbackServer { request in
      request.target.contains("drop") ? ScriptedResponse(200, behaviour: .drop) : ScriptedResponse(407)
    }
    defer { proxy.stop() }
    let client = client(proxy.origin)
    defer { client.shutdown() }
    let error = await failure(of: request("http://registry.test/drop"), with: client)
    #expect(error?.what == "the connection to registry.test:80 through the proxy \(proxy.authority) failed")
    let answer = try await client.send(request("http://registry.test/"))
    #expect(answer.status == 407 && answer.proxy == proxy.authority)
  }

  @Test("behind a proxy the proxy's address is the operator's choice, and literal addresses are still judged")
  func addresses() async throws {
    let proxy = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { proxy.stop() }
    let client = client(proxy.origin, ["near.test:\(proxy.port):169.254.169.254"])
    defer { client.shutdown() }
    _ = try await client.send(request("http://registry.test/", addresses: .publicOnly))
    for (host, policy) in [("10.0.0.1", AddressPolicy.publicOnly), ("169.254.169.254", .denyLinkLocal)] {
      #expect(await failure(of: request("http://\(host)/", addresses: policy), with: client)?.code == .addressRefused)
    }
    let linkLocal = self.client("http://near.test:\(proxy.port)", ["near.test:\(proxy.port):169.254.169.254"])
    defer { linkLocal.shutdown() }
    let error = await failure(of: request("http://registry.test/"), with: linkLocal)
    #expect(error?.code == .addressRefused)
    let what = "the proxy near.test:\(proxy.port) is at 169.254.169.254, a link-local or metadata address"
    #expect(error?.what == what + ", which requests may not reach")
  }
}
