import Foundation
import Hints
import TestSupport
import Testing

/// What services want before they send hints.
@Suite struct HintHandshakeTests {
  private static let code = "512d38b6-c7b8-40c8-89fe-f46f9e9622b6"
  private static let url =
    "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    + "&TopicArn=arn:aws:sns:eu-central-1:123456789012:images&Token=2336412f37"

  private func kept(_ file: String) throws -> String {
    try ProjectFile.text("Tests/HintsTests/payloads/\(file).json")
  }

  @Test func isFoundWhereItIsAskedFor() throws {
    #expect(
      try HintSource.acr.handshake(in: HintSource.document(Array(kept("acr/validation").utf8))) == .code(Self.code))
    #expect(
      try HintSource.ecr.handshake(in: HintSource.document(Array(kept("ecr/sns-confirmation").utf8)))
        == .visit(Self.url))
    for file in ["acr/push", "acr/event-grid", "ecr/push", "ecr/sns", "ecr/sns-end"] {
      let source = try #require(HintSource(rawValue: String(file.prefix(3))))
      #expect(try source.handshake(in: HintSource.document(Array(kept(file).utf8))) == nil, "\(file)")
    }
  }

  /// One service's is nothing to another.
  @Test(arguments: HintSource.allCases) func isItsOwnServices(_ source: HintSource) throws {
    if source != .acr {
      #expect(try source.handshake(in: HintSource.document(Array(kept("acr/validation").utf8))) == nil)
    }
    if source != .ecr {
      #expect(try source.handshake(in: HintSource.document(Array(kept("ecr/sns-confirmation").utf8))) == nil)
    }
  }

  @Test(arguments: ["7", "null", #""""#, "\"\(String(repeating: "a", count: 257))\""])
  func aCodeThatIsNoneIsRefused(_ code: String) throws {
    let body = try kept("acr/validation").replacing("\"\(Self.code)\"", with: code)
    #expect(throws: HintRefusal.member("data.validationCode")) {
      try HintSource.acr.handshake(in: HintSource.document(Array(body.utf8)))
    }
  }

  /// What is logged is opened by somebody.
  @Test(arguments: [
    "http://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription", "https://sns.eu-central-1.amazonaws.com",
    "https://127.0.0.1/", "https://example.org/?x=https://sns.eu-central-1.amazonaws.com/",
    "https://sns.eu-central-1.amazonaws.com@example.org/", "https://sns.eu-central-1.amazonaws.com:8443/",
    "https://sns.eu-central-1.amazonaws.com.example.org/", "https://sns.a#.amazonaws.com/", "https://sns..com/",
    "https://s3.eu-central-1.amazonaws.com/", "https://sns.a.b.amazonaws.com/", "//sns.eu-central-1.amazonaws.com/",
    "https://sns.eu-central-1.amazonaws.com/\\u001b[31m", "https://sns.eu-central-1.amazonaws.com/a b",
    "https://sns.eu-central-1.amazonaws.com/\(String(repeating: "a", count: 2_048))", "",
  ])
  func aURLThatIsNotAmazonsIsRefused(_ url: String) throws {
    let body = try kept("ecr/sns-confirmation").replacing(Self.url, with: url)
    #expect(throws: url.isEmpty ? HintRefusal.member("SubscribeURL") : .foreignURL("SubscribeURL")) {
      try HintSource.ecr.handshake(in: HintSource.document(Array(body.utf8)))
    }
  }
}
