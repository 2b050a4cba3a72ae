import ImageModel
import Testing

@testable import Config

@Suite struct WrittenReferenceTests {
  private static let hex = String(repeating: "7c", count: 32)

  @Test(
    arguments: [
      ("bob:canary@r.test/app:1", "***@r.test/app:1"),
      ("https://bob:canary@r.test:5000/app", "https://***@r.test:5000/app"),
      ("bob:canary@r.test", "***@r.test"), ("a@b:canary@r.test/app", "***@r.test/app"), ("app:1@sha256:\(hex)", nil),
      ("r.test:5000/app:1@sha256:\(hex)", nil), ("app@sha256:\(hex)", nil), ("bob@r.test/app", nil), ("", nil),
    ] as [(String, String?)])
  func aPasswordIsNotRepeated(_ text: String, _ shown: String?) throws {
    #expect(WrittenReference.withoutUserinfo(text) == shown)
    guard shown != nil else { return }
    let mistake = #expect(throws: WrittenReference.Mistake.self) { try WrittenReference(text) }
    #expect(mistake?.explanation.hasPrefix("it holds a user name and a password") == true)
    let problems = try #require(throws: ConfigProblems.self) {
      try WatchConfig.parse(Array("{\"watch\": [\"b:1\", \"\(text)\"]}".utf8), path: "c")
    }
    #expect(problems.problems.map(\.column) == [19] && !problems.rendered.contains("canary"), "\(problems.rendered)")
  }

  /// Whatever means the same registry is the same reference, on the command line as in the configuration.
  @Test(
    arguments: [
      ("amazonlinux", "docker.io/library/amazonlinux:latest"),
      ("registry-1.docker.io/amazonlinux", "docker.io/library/amazonlinux:latest"),
      ("DOCKER.IO:0443/team/app", "docker.io/team/app:latest"), ("GHCR.io/o/i:Tag", "ghcr.io/o/i:Tag"),
      ("Localhost:5000/app", "localhost:5000/app:latest"), ("[0:0:0:0:0:0:0:1]:5000/app:1", "[::1]:5000/app:1"),
      ("[0::1]:05000/app:1", "[::1]:5000/app:1"), ("[::FFFF:7F00:1]:5000/app:1", "127.0.0.1:5000/app:1"),
      ("[FD00:0::0:5]/app:1@sha256:\(hex)", "[fd00::5]/app:1@sha256:\(hex)"),
      ("[::7f00:1]/app@sha256:\(hex)", "[::7f00:1]/app@sha256:\(hex)"),
      // Another port is another registry, also where it is the scheme's own: Docker's tools keep them apart.
      ("r.test:443/app:1", "r.test:443/app:1"), ("127.0.0.1:5000/app:1", "127.0.0.1:5000/app:1"),
      ("docker.io/library/sha256:\(hex)", "docker.io/library/sha256:\(hex)"),
      ("sha256:74c5ab", "docker.io/library/sha256:74c5ab"), ("sha256:latest", "docker.io/library/sha256:latest"),
      ("[::ffff:127.0.0.1]:5000/app", "127.0.0.1:5000/app:latest"),
      ("[64:ff9b::192.0.2.1]/app:1", "[64:ff9b::c000:201]/app:1"),
    ])
  func isMadeOne(_ text: String, _ expected: String) throws {
    #expect(try WrittenReference(text).canonical.description == expected)
    #expect(try WrittenReference(expected).canonical.description == expected)
  }

  @Test(
    arguments: [
      ("sha256:\(hex)", "it is an image ID or a digest, not a name"),
      ("SHA256:\(hex)", "it is an image ID or a digest, not a name"),
      ("sha512:\(hex)\(hex)", "it is an image ID or a digest, not a name"),
      // As `docker ps` prints an image without a name, and as somebody shortens one.
      ("sha256:74c5abcdef12", "it is an image ID or a digest, not a name"),
      ("sha512:74c5abc", "it is an image ID or a digest, not a name"), (hex, "64 hex characters are an image ID"),
      ("127.1:5000/app", "\"127.1:5000\" is a number that some programs take for the address 127.0.0.1"),
      ("0x7f.0.0.1/app", "write 127.0.0.1 if that is meant"), ("2130706433:5000/app", "write 127.0.0.1:5000 if that"),
      ("010.0.0.1/app", "for the address 8.0.0.1"), ("[::::]/app", "is not a registry host"),
      ("Team/app", "is not a registry host"), ("r.test:0/app", "out of range"), ("a b", "it does not fit"),
    ])
  func isRefused(_ text: String, _ words: String) {
    let mistake = #expect(throws: WrittenReference.Mistake.self) { try WrittenReference(text) }
    #expect(mistake?.explanation.contains(words) == true, "\(mistake?.explanation ?? "")")
  }

  @Test func recordedTagsGetTheNameOfToday() {
    func respelled(_ domain: String, _ path: String = "app") -> String {
      WrittenReference.respelled(TagReference(domain: domain, path: path, tag: "1")).description
    }
    #expect(respelled("[0:0:0:0:0:0:0:1]:5000") == "[::1]:5000/app:1")
    #expect(respelled("EXAMPLE.com") == "example.com/app:1")
    #expect(respelled("registry-1.docker.io") == "docker.io/library/app:1")
    // What cannot be watched any more stays what it was.
    for domain in ["127.1:5000", "docker.io", "ghcr.io"] {
      #expect(respelled(domain, "team/app") == "\(domain)/team/app:1")
    }
  }

  @Test func aConfigurationHasOneSpelling() throws {
    let config = try Fixtures.config("addresses")
    #expect(
      config.watch.map(\.tag.description) == [
        "[::1]:5000/team/app:1", "[fd00::5]/app:2", "127.0.0.1:5001/app:3", "localhost:5000/app:4",
        "127.0.0.1:5002/app:5",
        "docker.io/library/sha256:74c5000000000000000000000000000000000000000000000000000000000000",
      ])
    #expect(
      config.registries.mapValues(\.maxConcurrency) == ["[::1]:5000": 2, "127.0.0.1:5001": 3, "localhost:5000": 4])
    #expect(config.registries["[::1]:5000"]?.trustedRealms == ["[fd00::9]:443", "10.0.0.7"])
    #expect(config.warnings.map(\.line) == [3, 4, 5, 8, 9, 10, 11])
  }

  /// What the grammar takes, and is a mistake nearly always.
  @Test(
    arguments: [
      ("r.test/\(String(repeating: "a", count: 248))", "the name is 255 bytes", false),
      ("r.test/\(String(repeating: "a", count: 249))", "the name is 256 bytes", true),
      ("localhost:5000", "means the Docker Hub image docker.io/library/localhost:5000", true),
      ("r.test/app:sha256-\(hex)", "is no image", true), ("r.test/app:sha256-\(hex).sig", "is no image", true),
      ("r.test/app:sha512-\(hex)\(hex.dropLast(8))", "is no image", true),
      ("r.test/app:sha256-\(hex.dropLast())", "is no image", false),
      ("r.test/app:sha256-\(hex.dropLast())g", "is no image", false), ("r.test/app:sha256", "is no image", false),
    ] as [(String, String, Bool)])
  func isWarnedOf(_ text: String, _ words: String, _ isWarned: Bool) throws {
    let config = try WatchConfig.parse(Array("{\"watch\": [\"\(text)\"]}".utf8), path: "c")
    #expect(config.watch.count == 1)
    #expect(config.warnings.contains { $0.message.contains(words) } == isWarned, "\(config.warnings)")
  }
}
