import Testing

@testable import Addresses

@Suite("hosts")
struct HostKindTests {
  @Test(
    "what a host is, however it is written",
    arguments: [
      ("localhost", .loopback), ("LocalHost", .loopback), ("localhost.", .loopback), ("127.0.0.1", .loopback),
      ("127.255.0.9", .loopback), ("::1", .loopback), ("[::1]", .loopback), ("0:0:0:0:0:0:0:1", .loopback),
      ("::ffff:127.0.0.1", .loopback), ("[::FFFF:7F00:1]", .loopback),
      // Not this machine, whatever they look like.
      ("::127.0.0.1", .specialAddress), ("64:ff9b::127.0.0.1", .specialAddress), ("0.0.0.0", .specialAddress),
      ("x.localhost", .belowLocalhost), ("X.LOCALHOST.", .belowLocalhost), ("localhost.test", .name),
      ("xlocalhost", .name), ("127.0.0.1.test", .name), ("registry", .name), ("a.b-c.test", .name),
      ("10.1.2.3", .privateAddress), ("198.18.0.1", .privateAddress), ("100.64.0.1", .privateAddress),
      ("fd00::1", .privateAddress), ("64:ff9b::10.0.0.1", .privateAddress), ("8.8.8.8", .publicAddress),
      ("64:ff9b::8.8.8.8", .publicAddress), ("2606:4700::1111", .publicAddress), ("192.0.2.1", .specialAddress),
      ("ff02::1", .specialAddress), ("169.254.169.254", .linkLocalOrMetadata), ("fe80::1", .linkLocalOrMetadata),
      ("168.63.129.16", .linkLocalOrMetadata), ("127.1", .disguised), ("0x7f.0.0.1", .disguised),
      ("0177.0.0.1", .disguised), ("2130706433", .disguised), ("127.0.0.01", .disguised), ("::g", .disguised),
    ] as [(String, HostKind)])
  func kind(host: String, expected: HostKind) {
    #expect(HostKind(host) == expected)
  }

  @Test(
    "with a port",
    arguments: [
      ("localhost:5000", .loopback), ("LOCALHOST:5000", .loopback), ("[::1]:5000", .loopback), ("[::1]", .loopback),
      ("[0:0:0:0:0:0:0:1]:5000", .loopback), ("127.0.0.9:1", .loopback), ("127.1:5000", .disguised),
      ("x.localhost:5000", .belowLocalhost), ("r.test:443", .name), ("[fe80::1]:5000", .linkLocalOrMetadata),
    ] as [(String, HostKind)])
  func authority(text: String, expected: HostKind) {
    #expect(HostKind(authority: text) == expected)
  }

  @Test(
    "one spelling",
    arguments: [
      ("Registry.TEST", "registry.test"), ("0:0:0:0:0:0:0:1", "::1"), ("FD00:0::0:1", "fd00::1"),
      ("::ffff:7f00:1", "127.0.0.1"), ("::7f00:1", "::7f00:1"), ("127.0.0.1", "127.0.0.1"), ("127.1", "127.1"),
      ("::G", "::g"),
    ])
  func canonical(host: String, expected: String) {
    #expect(HostName.canonical(host) == expected)
    #expect(HostName.canonical(expected) == expected)
  }

  @Test(
    "numbers that resolvers take for an address",
    arguments: [
      ("127.1", "127.0.0.1"), ("0x7f.0.0.1", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"),
      ("010.0.0.1", "8.0.0.1"), ("127.0.0.1", nil), ("::1", nil), ("localhost", nil), ("127.0.0.1.test", nil),
      ("host.5", nil), ("", nil),
    ] as [(String, String?)])
  func disguised(text: String, expected: String?) {
    #expect(IPAddress(disguised: text)?.description == expected)
  }
}
