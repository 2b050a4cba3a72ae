import ImageModel
import Testing
import Transport

@testable import Registry

/// The decision table of a poll.
@Suite struct AnswerTests {
  private static func body(_ code: String, _ message: String = "m") -> String {
    #"{"errors":[{"code":"\#(code)","message":"\#(message)"}]}"#
  }

  private static let wrapped =
    #"{"errors":[{"code":"UNKNOWN","message":"unknown error","detail":{"reason":"denied: requested access"}}]}"#

  @Test(
    arguments: [
      (304, "", .badResponse), (301, "", .redirectRefused), (307, "", .redirectRefused),
      (400, body("NAME_INVALID"), .badRequest), (400, body("MANIFEST_INVALID"), .badRequest), (400, "", .badRequest),
      (401, body("UNAUTHORIZED"), .unauthorizedOrMissing), (403, body("DENIED"), .denied), (403, "<html>", .denied),
      (404, body("MANIFEST_UNKNOWN"), .tagMissing), (404, body("TAG_EXPIRED"), .tagMissing),
      (
        404, body("MANIFEST_UNKNOWN", "OCI index found, but accept header does not support OCI indexes"),
        .unsupportedDocument
      ),
      (404, body("NAME_UNKNOWN"), .repositoryMissing), (404, body("NOT_FOUND"), .repositoryMissing),
      (404, body("ODD", "repository not found"), .repositoryMissing), (404, "404 page not found\n", .notFound),
      (404, "<html>nginx</html>", .notFound), (404, "", .notFound), (404, "{}", .notFound),
      (404, body("ODD"), .notFound),
      (404, #"{"errors":"MANIFEST_UNKNOWN"}"#, .notFound), (410, body("MANIFEST_UNKNOWN"), .tagMissing),
      (410, "", .notFound),
      (405, body("UNSUPPORTED"), .badResponse), (405, body("DENIED"), .denied), (406, "", .unsupportedDocument),
      (415, "", .unsupportedDocument), (407, "", .authUnsupported), (408, "", .server), (425, "", .server),
      (413, "", .badRequest), (431, "", .badRequest), (418, "", .badResponse),
      (429, body("TOOMANYREQUESTS"), .rateLimited),
      (429, "<html>", .rateLimited),
      (429, body("TOOMANYREQUESTS", "You have reached your pull rate limit."), .pullLimited),
      // As Docker Hub wrote it before.
      (429, #"{"message":"toomanyrequests: You have reached your pull rate limit."}"#, .pullLimited),
      (429, body("TOOMANYREQUESTS", "too many failed login attempts for username or IP address"), .rateLimited),
      (429, body("TOOMANYREQUESTS", "retry-after: 1.16676ms, allowed: 44000/minute"), .rateLimited),
      (404, #"{"details":"Repository not found"}"#, .repositoryMissing), (451, "", .denied),
      (500, body("UNKNOWN"), .server),
      (500, wrapped, .unauthorizedOrMissing),
      (501, "", .server), (502, "", .server), (503, body("UNAVAILABLE"), .server), (504, "", .server),
      (520, "", .server),
      (527, "", .server), (204, "", .badResponse), (206, "", .badResponse),
    ] as [(Int, String, CheckFailure.Code)])
  func decides(_ status: Int, _ body: String, _ code: CheckFailure.Code) {
    let answer = Answer(status: status, body: ErrorBody(Array(body.utf8)))
    #expect(answer.failure(host: "h").code == code)
  }

  @Test(arguments: [404, 410])
  func aMissingPartIsNoMissingTag(_ status: Int) {
    let body = ErrorBody(Array(Self.body("MANIFEST_UNKNOWN").utf8))
    let failure = Answer(status: status, subject: .part("the manifest 0a48c1b2d3e4"), body: body).failure(host: "h")
    #expect(failure.code == .notFound)
    #expect(failure.what == "h answered \(status) MANIFEST_UNKNOWN (m) for the manifest 0a48c1b2d3e4")
    #expect(failure.remedy == "the image is not there in full, or not yet; try again later")
  }

  /// `check` tells it of every other tag of the registry.
  @Test func aRateLimitIsAboutNoPart() {
    let failure = Answer(status: 429, subject: .part("the manifest 0a48c1b2d3e4")).failure(host: "h")
    #expect(failure.what == "h answered 429")
  }

  @Test func saysWhatHappenedAndWhatToDoInOneLine() {
    let body = ErrorBody(Array(Self.body("MANIFEST_UNKNOWN", "manifest\\u001b[2J\\nunknown").utf8))
    let failure = Answer(status: 404, body: body).failure(host: "h:5000")
    #expect(
      failure.message
        == "h:5000 answered 404 MANIFEST_UNKNOWN (manifest\\u{1b}[2J\\u{a}unknown): "
        + "the tag was deleted or was never there; check the spelling"
    )
  }

  @Test(arguments: [(429, 30), (503, 30), (408, 30), (403, nil), (404, 30), (401, nil)] as [(Int, Int?)])
  func passesOnHowLongToWait(_ status: Int, _ seconds: Int?) {
    let failure = Answer(status: status, retryAfterSeconds: 30).failure(host: "h")
    #expect(failure.retryAfterSeconds == seconds)
  }

  @Test func aServerThatRepeatsASecretIsNotQuoted() {
    let secrets = ["Bearer eyJhbGciOiJSUzI1NiIs.abcdef", "hunter2"]
    for text in ["no: eyJhbGciOiJSUzI1NiIs.abcdef", "no: eyJhbGciOiJS", "user:hunter2"] {
      for body in [Self.body("DENIED", text), Self.body(text), text, #"{"message":"\#(text)"}"#] {
        #expect(ErrorBody(Array(body.utf8), hiding: secrets).summary.contains("no:") == false)
        #expect(ErrorBody(Array(body.utf8), hiding: secrets).summary.contains("hunter2") == false)
      }
    }
    #expect(ErrorBody(Array(Self.body("DENIED", "no").utf8), hiding: secrets).summary == " DENIED (no)")
  }

  @Test(
    arguments: [
      (200, "sha256:x", .digest("sha256:x")), (200, nil, .noDigest), (405, nil, .unusable), (501, nil, .unusable),
      (400, nil, .unusable), (500, nil, .unusable), (403, nil, .askByGet), (404, nil, .askByGet), (410, nil, .askByGet),
      (401, nil, .failed), (429, nil, .failed), (502, nil, .failed), (503, nil, .failed), (302, nil, .failed),
    ] as [(Int, String?, HeadVerdict)])
  func readsHead(_ status: Int, _ digest: String?, _ expected: HeadVerdict) {
    #expect(HeadVerdict(status: status, digest: digest) == expected)
  }
}
