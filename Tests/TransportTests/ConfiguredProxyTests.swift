import Foundation
import TestSupport
import Testing

@testable import Transport

/// A proxy that the configuration names, with a password in a file.
@Suite("a configured proxy")
struct ConfiguredProxyTests {
  private let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func settings(_ url: String, password: String? = "password", exceptions: [String] = []) -> ProxySettings {
    ProxySettings(
      url: url, username: password == nil ? nil : "ann", passwordFile: password.map { "\(folder.path)/\($0)" },
      exceptions: exceptions)
  }

  private func write(_ password: String) throws {
    try "\(password)\n".write(toFile: folder.path + "/password", atomically: true, encoding: .utf8)
  }

  @Test("it stands in place of the environment's, but for whom it excepts")
  func rules() throws {
    let rules = ProxyRules(settings("http://p.test:1", exceptions: [".near.test", "10.0.0.0/8"]))
    func place(_ url: String) throws -> String? { rules.proxy(for: try #require(Origin(url: url)))?.hostAndPort }
    #expect(try place("https://far.test/") == "p.test:1" && place("http://far.test/") == "p.test:1")
    for url in ["https://a.near.test/", "https://10.1.2.3/", "http://127.0.0.1/", "http://localhost/"] {
      #expect(try place(url) == nil, "\(url)")
    }
    #expect(
      ProxyRules(settings("http://p.test:1", exceptions: ["*"])).proxy(
        for: try #require(Origin(url: "https://a.test/"))) == nil)
  }

  @Test("the password is read again when it has changed, and stands in no message", arguments: ["http", "https"])
  func password(scheme: String) async throws {
    // Of "ann:first" and "ann:zweites".
    let proxy = try LoopbackServer { request in
      let login = request.headers.first { $0.name.lowercased() == "proxy-authorization" }?.value
      return ScriptedResponse(
        login == "Basic YW5uOnp3ZWl0ZXM=" ? (scheme == "http" ? 200 : 502) : 407,
        headers: [("Proxy-Authenticate", "Basic")])
    }
    defer { proxy.stop() }
    try write("first")
    let client = HTTPClient(proxy: settings(proxy.origin))
    defer { client.shutdown() }
    func outcome() async throws -> String {
      do throws(TransportError) {
        return "\(try await client.send(request("\(scheme)://registry.test/")).status)"
      } catch {
        #expect(!error.message.contains("first") && !error.message.contains("zweites"))
        return error.what + ": " + (error.advice ?? "")
      }
    }
    let refused = try await outcome()
    #expect(refused == "407" || refused.hasSuffix("correct proxy.username, or the file that proxy.password_file names"))
    #expect(proxy.requests.last?.headers.contains { $0.value == "Basic YW5uOmZpcnN0" } == true)
    try write("zweites")
    let taken = try await outcome()
    #expect(taken == "200" || taken.contains("answered 502 to CONNECT for registry.test:443"), "\(taken)")
  }

  @Test("a password file that is not there, and a proxy that wants one that is not set")
  func faults() async throws {
    let proxy = try LoopbackServer { _ in ScriptedResponse(407) }
    defer { proxy.stop() }
    let client = HTTPClient(proxy: settings(proxy.origin, password: "absent"))
    defer { client.shutdown() }
    let error = await failure(of: request("https://registry.test/"), with: client)
    #expect(error?.code == .proxyAuth && error?.advice == "correct proxy.password_file")
    #expect(error?.reason == "No such file or directory")
    client.use(settings(proxy.origin, password: nil))
    let other = await failure(of: request("https://registry.test/"), with: client)
    #expect(other?.advice == "set proxy.username and proxy.password_file")
  }

  @Test("another one counts from the next request on")
  func replaced() async throws {
    let proxies = try (0..<2).map { number in try LoopbackServer { _ in ScriptedResponse(200 + number) } }
    defer { for proxy in proxies { proxy.stop() } }
    let client = HTTPClient(proxy: settings(proxies[0].origin, password: nil))
    defer { client.shutdown() }
    #expect(try await client.send(request("http://registry.test/")).status == 200)
    client.use(settings(proxies[1].origin, password: nil))
    #expect(try await client.send(request("http://registry.test/")).status == 201)
  }
}
