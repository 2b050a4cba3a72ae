import Hashing
import ImageModel
import StrictJSON
import TestSupport
import Testing

@testable import Documents

/// Signatures of schema 1 manifests that nobody can read, and what they leave readable.
@Suite struct SignedManifestTests {
  private static let layers = [Hash.digest(.sha256, of: [1]), Hash.digest(.sha256, of: [2])]
  private let payload = FakeSchema1.payload("old", layers: Self.layers)

  @Test(
    arguments: [
      [], [""], ["{}"], ["no JSON"], [#"{"formatTail":"fQ"}"#], [#"{"formatLength":10}"#],
      [#"{"formatLength":"10","formatTail":"fQ"}"#], [#"{"formatLength":1.5,"formatTail":"fQ"}"#],
      [#"{"formatLength":-1,"formatTail":"fQ"}"#], [#"{"formatLength":99999999,"formatTail":"fQ"}"#],
      [#"{"formatLength":9223372036854775807,"formatTail":"fQ"}"#],
      [#"{"formatLength":-9223372036854775808,"formatTail":"fQ"}"#],
      [#"{"formatLength":1e400,"formatTail":"fQ"}"#], [#"{"formatLength":10,"formatTail":"*"}"#],
      [#"{"formatLength":10,"formatTail":null}"#],
      [#"{"formatLength":10,"formatTail":"fQ"}"#, #"{"formatLength":11,"formatTail":"fQ"}"#],
      [#"{"formatLength":10,"formatTail":"fQ"}"#, #"{"formatLength":10,"formatTail":"Cn0"}"#],
    ])
  func unreadableSignaturesAreAnError(_ protected: [String]) throws {
    let bytes = FakeSchema1.signed(payload, protected: protected)
    let failure = #expect(throws: CheckFailure.self) {
      try SentDocument(bytes, contentType: MediaType.schema1Signed.description)
    }
    #expect(failure?.code == .badDocument)
    #expect(failure?.what.contains("schema 1 manifest whose signatures cannot be read") == true)
    let stored = Document(digest: Hash.digest(.sha256, of: bytes), mediaType: .schema1Signed, bytes: bytes)
    #expect(!ImageDocuments.isIntact(stored))
  }

  @Test(arguments: [#""""#, "1", "{}", "[1]", "[{}]", #"[{"protected":1}]"#])
  func whatIsNoListOfSignaturesIsAnError(_ signatures: String) throws {
    let bytes = payload.dropLast(2) + Array(",\"signatures\":\(signatures)}".utf8)
    #expect(throws: CheckFailure.self) { try SentDocument(Array(bytes), contentType: nil) }
  }

  /// Every length and many tails: an error or a document, never the end of the process, and nothing is read that the
  /// digest does not vouch for.
  @Test func noLengthEndsTheProcess() throws {
    for length in -3...(payload.count + 400) {
      for tail in ["", "fQ", "Cn0", "e30", FakeSchema1.base64URL(Array(payload.suffix(40)))] {
        let header = #"{"formatLength":\#(length),"formatTail":"\#(tail)"}"#
        let bytes = FakeSchema1.signed(payload, protected: [header])
        guard let sent = try? SentDocument(bytes, contentType: nil), let read = try? sent.read() else { continue }
        #expect(StrictJSON.isObject(sent.content), "formatLength \(length) \(tail)")
        #expect(read.1 == .schema1Signed)
      }
    }
  }

  /// What stands behind the signed part is nobody's word.
  @Test func onlyWhatIsSignedIsRead() throws {
    let evil = Hash.digest(.sha256, of: [66])
    let prefix = #"{"schemaVersion":1,"fsLayers":[]"#
    let tail = FakeSchema1.base64URL(Array(#","history":[]}"#.utf8))
    let header = #"{"formatLength":\#(prefix.utf8.count),"formatTail":"\#(tail)"}"#
    let rest =
      #","history":[{"v1Compatibility":"{\"os\":\"\#(evil)\",\"architecture\":\"evil\"}"}],"#
      + #""signatures":[{"protected":"\#(FakeSchema1.base64URL(Array(header.utf8)))"}]}"#
    let bytes = Array((prefix + rest).utf8)
    let (document, _) = try SentDocument(bytes, contentType: nil).read()
    guard case .legacy(let manifest) = document else {
      Issue.record("not schema 1")
      return
    }
    #expect(manifest.config == nil)
  }
}

extension StrictJSON {
  fileprivate static func isObject(_ bytes: [UInt8]) -> Bool {
    (try? parse(bytes, limits: .manifest))?.object != nil
  }
}
