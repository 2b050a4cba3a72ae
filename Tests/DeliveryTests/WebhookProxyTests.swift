import ImageModel
import Testing
import Transport

@testable import Delivery

@Suite struct WebhookProxyTests {
  /// A receiver that was never asked is not said to have answered.
  @Test(
    arguments: [
      (
        407, "proxy.test:3128",
        "the proxy proxy.test:3128 answered 407 for https://r.test; set or correct proxy.username and "
          + "proxy.password_file, or both in the proxy's URL"
      ), (407, nil, "https://r.test answered 407"),
      (503, "proxy.test:3128", "https://r.test answered 503"),
    ] as [(Int, String?, String)])
  func whoAnswered(_ status: Int, _ proxy: String?, _ expected: String) {
    let response = HTTPResponse(
      status: status, headers: HTTPHeaders(raw: []), body: [], url: "https://r.test/", proxy: proxy)
    let verdict = WebhookVerdict(response, receiver: "https://r.test", now: Timestamp(milliseconds: 0), secrets: [])
    guard case .failed(expected, _) = verdict else {
      Issue.record("\(verdict)")
      return
    }
  }
}
