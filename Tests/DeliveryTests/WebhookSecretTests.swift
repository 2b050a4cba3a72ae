import Testing

@testable import Delivery

@Suite struct WebhookSecretTests {
  /// The known answer of the reference libraries of Standard Webhooks.
  @Test func knownAnswer() throws {
    let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    let signature = secret.signature(
      id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: "1614265330", body: Array("{\"test\": 2432232314}".utf8))
    #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
  }

  @Test(
    "what is no secret",
    arguments: [
      ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", WebhookSecret.Problem.prefix),
      ("whsk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", .prefix), ("whsec_not base64!", .base64), ("whsec_", .length(0)),
      ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa", .base64), ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLQ==", .length(22)),
      ("whsec_" + String(repeating: "AAAA", count: 22), .length(66)),
    ])
  func refused(text: String, problem: WebhookSecret.Problem) {
    #expect(throws: problem) { try WebhookSecret(text) }
    #expect(!problem.reason.contains("MfKQ"))
  }

  @Test func bothEndsOfTheLength() throws {
    _ = try WebhookSecret("whsec_" + String(repeating: "AAAA", count: 8))
    _ = try WebhookSecret("whsec_" + String(repeating: "AAAA", count: 21) + "AA==")
  }
}
