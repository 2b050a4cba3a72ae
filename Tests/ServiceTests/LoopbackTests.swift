import Config
import Polling
import Registry
import Testing

@testable import Service

/// What holds for this machine and for nobody else, decided in one place: plain HTTP, no limit of requests, many at a
/// time.
@Suite struct LoopbackTests {
  @Test(
    arguments: [
      ("localhost", true), ("localhost:5000", true), ("Localhost:5000", true), ("127.0.0.1:5000", true),
      ("127.9.9.9", true), ("[::1]:5000", true), ("[0:0:0:0:0:0:0:1]:5000", true), ("[::ffff:7f00:1]:5000", true),
      ("x.localhost:5000", false), ("localhost.test", false), ("127.1:5000", false), ("0177.0.0.1:5000", false),
      ("2130706433:5000", false), ("127.0.0.1.test", false), ("[::7f00:1]:5000", false), ("0.0.0.0:5000", false),
      ("10.0.0.1:5000", false), ("docker.io", false),
    ])
  func liberties(_ domain: String, _ isLoopback: Bool) {
    let access = RegistryAccessMap(settings: [:], environment: [:], agreedTime: AgreedTime()).access(domain)
    #expect(access.usesPlainHTTP == isLoopback)
    #expect(access.requestsPerSecond == (isLoopback ? nil : 2))
    #expect(RegistryAccessMap.limits(of: domain, nil).concurrency == (isLoopback ? 64 : 4))
  }
}
