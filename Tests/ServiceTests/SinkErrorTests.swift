import Delivery
import ImageModel
import Testing

@testable import Service

/// What a start ends with because of a sink.
@Suite struct SinkErrorTests {
  private struct Silence: Error, CustomStringConvertible { let description = "does not answer" }

  /// systemd does not try again after 78.
  @Test func whatDoesNotAnswerIsTriedAgain() throws {
    let look = try #require(FileSink(name: "far", path: "/far/e").looks.first)
    let silent = SinkError(sink: "far", try #require(look.fault(.failure(Silence()))))
    #expect(silent.status == .inputOutput && silent.reason == "/far/e does not answer")
    let bad = SinkError(sink: "far", try #require(look.fault(.success("it is bad"))))
    #expect(bad.status == .configuration && bad.reason == "it is bad")
    #expect(look.fault(.success(nil)) == nil)
  }
}
