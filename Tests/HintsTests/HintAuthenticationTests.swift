import Hashing
import Hints
import Testing

/// What shows that whoever sends a hint knows the secret, by source.
@Suite struct HintAuthenticationTests {
  private static let secret = "s3cret-of-hints"
  private static let body = Array(#"{"image": "app"}"#.utf8)

  private static func signature(_ key: String, _ body: [UInt8] = body) -> String {
    let digits = Array("0123456789abcdef".utf8)
    let code = Hash.hmacSHA256(key: Array(key.utf8), body)
    return "sha256=" + String(decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  /// Each way of showing it, by a secret, with the sources that have it.
  private static let ways: [(name: String, sources: Set<HintSource>, headers: @Sendable (String) -> [String: String])] =
    [
      ("bearer", Set(HintSource.allCases), { ["Authorization": "Bearer \($0)"] }),
      ("bearer in small letters", Set(HintSource.allCases), { ["Authorization": "bearer \($0)"] }),
      ("token", Set(HintSource.allCases), { ["X-Watcher-Token": $0] }),
      ("path", Set(HintSource.allCases), { ["path": $0] }),
      ("signature", [.github], { ["X-Hub-Signature-256": signature($0)] }),
      ("GitLab's", [.gitlab], { ["X-Gitlab-Token": $0] }), ("Harbor's", [.harbor], { ["Authorization": $0] }),
      ("Artifactory's", [.artifactory], { ["X-JFrog-Event-Auth": $0] }),
      ("basic", [], { ["Authorization": "Basic \($0)"] }), ("another header", [], { ["X-Token": $0] }),
    ]

  private func admits(_ source: HintSource, _ headers: [String: String], secret: String = secret) -> Bool {
    source.admits(
      HintCredentials(inPath: headers["path"]) { headers[$0] }, body: Self.body, secret: secret)
  }

  @Test(arguments: HintSource.allCases) func itsOwnWaysAndNoOthers(_ source: HintSource) {
    for way in Self.ways {
      #expect(admits(source, way.headers(Self.secret)) == way.sources.contains(source), "\(way.name)")
      for wrong in ["wrong", Self.secret + "x", String(Self.secret.dropLast()), Self.secret.uppercased(), "", " "] {
        #expect(!admits(source, way.headers(wrong)), "\(way.name): \(wrong)")
      }
    }
    #expect(!admits(source, [:]))
  }

  /// A secret that is empty is none, and no signature with it is one.
  @Test(arguments: HintSource.allCases) func nothingIsRightWhereThereIsNoSecret(_ source: HintSource) {
    for way in Self.ways { #expect(!admits(source, way.headers(""), secret: ""), "\(way.name)") }
  }

  /// The example of docs.github.com `webhooks/using-webhooks/validating-webhook-deliveries`.
  @Test func gitHubsExample() {
    let headers = [
      "X-Hub-Signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
    ]
    let credentials = HintCredentials(inPath: nil) { headers[$0] }
    #expect(
      HintSource.github.admits(credentials, body: Array("Hello, World!".utf8), secret: "It's a Secret to Everybody"))
    #expect(
      !HintSource.github.admits(credentials, body: Array("Hello, World?".utf8), secret: "It's a Secret to Everybody"))
  }
}
