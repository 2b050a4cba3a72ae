import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// A known tag whose registry begins to answer badly: the check fails with the right code and the history stays
/// as it was, to the byte.
@Suite struct BadAnswerTests {
  struct Answer: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: String
    let resolveStatus: Int32
    /// For requests of manifests.
    let response: @Sendable (ReceivedRequest) -> ScriptedResponse?
  }

  static let answers: [Answer] = [
    Answer(testDescription: "500 without a word", code: "server", resolveStatus: 69) { _ in ScriptedResponse(500) },
    Answer(testDescription: "404 of a proxy", code: "not_found", resolveStatus: 69) { _ in
      ScriptedResponse(404, headers: [("Content-Type", "text/html")], body: Array("<h1>Not here</h1>".utf8))
    },
    Answer(testDescription: "404 of a repository", code: "repository_missing", resolveStatus: 66) { _ in
      ScriptedResponse(404, body: Array(#"{"errors":[{"code":"NAME_UNKNOWN","message":"?"}]}"#.utf8))
    },
    Answer(testDescription: "429", code: "rate_limited", resolveStatus: 69) { _ in
      ScriptedResponse(429, headers: [("Retry-After", "3600")])
    },
    Answer(testDescription: "a login page", code: "bad_response", resolveStatus: 69) { request in
      html(request, "<html>Log in</html>")
    },
    Answer(testDescription: "JSON that is none", code: "bad_document", resolveStatus: 69) { request in
      document(request, #"{"schemaVersion":2,"manifests":[}"#)
    },
    Answer(testDescription: "a key twice", code: "bad_document", resolveStatus: 69) { request in
      document(request, #"{"schemaVersion":2,"manifests":[],"manifests":[]}"#)
    },
    Answer(testDescription: "an image sent as an index", code: "bad_document", resolveStatus: 69) { request in
      document(request, #"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest)","layers":[]}"#)
    },
    Answer(testDescription: "schema 1 without layers", code: "bad_document", resolveStatus: 69) { request in
      document(request, #"{"schemaVersion":1,"name":"app","tag":"stable"}"#, as: "application/json")
    },
    Answer(testDescription: "an unknown kind", code: "unsupported_document", resolveStatus: 69) { request in
      document(request, #"{"mediaType":"application/vnd.example.thing"}"#, as: "application/json")
    },
    Answer(testDescription: "a body cut off", code: "network", resolveStatus: 69) { request in
      request.method == "HEAD"
        ? ScriptedResponse(405)
        : ScriptedResponse(
          200, headers: [("Content-Type", MediaType.ociIndex.description)],
          body: Array(repeating: UInt8(ascii: " "), count: 4_096), behaviour: .dropMidBody(after: 100))
    },
    Answer(testDescription: "headers without end", code: "too_large", resolveStatus: 69) { _ in
      ScriptedResponse(200, behaviour: .manyHeaders(2_000))
    },
    Answer(testDescription: "a redirect that goes nowhere", code: "redirect_refused", resolveStatus: 69) { request in
      ScriptedResponse(307, headers: [("Location", request.path)])
    },
    Answer(testDescription: "no HTTP at all", code: "bad_response", resolveStatus: 69) { _ in
      ScriptedResponse(200, behaviour: .rawBytes(Array("SSH-2.0-OpenSSH_9.2\r\n".utf8)))
    },
  ]

  @Test(arguments: answers) func theHistoryStaysAsItWas(answer: Answer) throws {
    let registry = try FakeRegistry()
    registry.put(FakeRegistryImage("true"), in: "app", tag: "stable")
    let image = "\(registry.authority)/app:stable"
    let scene = try Scene(watch: [image])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    let before = try scene.run(["history", image, "--json", "--all"]).stdout

    registry.setFault { $0.path.contains("/manifests/") ? answer.response($0) : nil }
    let outcome = try scene.run(["check", "--json", "--exit-code", "--config", scene.config])
    #expect(outcome.status == 2, "\(outcome.stderr)")
    #expect(outcome.stderr.isEmpty)
    let report = try object(outcome.stdout)
    #expect(report["failed"] as? Int == 1 && report["unchanged"] as? Int == 0)
    let result = try #require((report["results"] as? [[String: Any]])?.first)
    #expect(result["outcome"] as? String == "failed")
    let error = try #require(result["error"] as? [String: Any])
    #expect(error["code"] as? String == answer.code, "\(error)")
    let message = try #require(error["message"] as? String)
    #expect(!message.contains("app:stable"), "the tag stands beside it: \(message)")
    #expect((result["events"] as? [Any])?.isEmpty == true)
    #expect(try scene.run(["history", image, "--json", "--all"]).stdout == before)
    let status = try scene.status(image)
    #expect(status["state"] as? String == "failing")
    #expect((status["error"] as? [String: Any])?["code"] as? String == answer.code)
    #expect(try scene.sql("PRAGMA integrity_check") == ["ok"])

    let resolved = try scene.run(["resolve", image])
    #expect(resolved.status == answer.resolveStatus, "\(resolved.stderr)")
    #expect(resolved.stdout.isEmpty)
    #expect(resolved.stderr.hasPrefix("watcher: error: "))
    #expect(resolved.stderr.contains(" (\(image)): "), "\(resolved.stderr)")
    #expect(resolved.stderr.split(separator: "\n").count == 1, "one line: \(resolved.stderr)")

    registry.setFault(nil)
    #expect(try scene.run(["check", "--exit-code", "--config", scene.config]).status == 0)
    #expect(try scene.status(image)["state"] as? String == "ok")
  }

  private static func html(_ request: ReceivedRequest, _ text: String) -> ScriptedResponse {
    document(request, text, as: "text/html")
  }

  /// HEAD is refused, so that the document is asked for by tag.
  private static func document(
    _ request: ReceivedRequest, _ text: String, as type: String = MediaType.ociIndex.description
  ) -> ScriptedResponse {
    guard request.method == "GET" else { return ScriptedResponse(405) }
    return ScriptedResponse(200, headers: [("Content-Type", type)], body: Array(text.utf8))
  }
}
