import Testing

@testable import Transport

/// A remembered origin spares parsing, and must never vouch for a URL that leads elsewhere.
@Suite struct KnownOriginTests {
  private func request(_ url: String, plain: Bool = true, addresses: AddressPolicy = .denyLinkLocal) -> HTTPRequest {
    HTTPRequest(.head, url: url, bodyLimit: 0, allowPlainHTTP: plain, addresses: addresses)
  }

  private func known(_ url: String) throws -> KnownOrigin {
    let request = request(url)
    return try #require(KnownOrigin(try RequestCheck.check(request), of: request))
  }

  @Test(arguments: [
    "http://127.0.0.1:5000/", "http://127.0.0.1:5000/v2/other", "http://127.0.0.1:5000//evil.example/",
    "http://127.0.0.1:5000/v2/a?next=http://evil.example/",
  ])
  func coversWhatBeginsWithTheSameText(url: String) throws {
    let known = try known("http://127.0.0.1:5000/v2/app/manifests/latest")
    #expect(known.covers(request(url)))
    #expect(try RequestCheck.check(request(url)) == known.origin)
  }

  @Test(arguments: [
    "http://127.0.0.1:5000@evil.example/", "http://127.0.0.1:50001/", "http://127.0.0.1:5000.evil.example/",
    "https://127.0.0.1:5000/", "HTTP://127.0.0.1:5000/", "http://127.0.0.1:5000",
    "http://127.0.0.1:5000\\@evil.example/",
    "http://127.0.0.1:5000/a b", "http://127.0.0.1:5000/a\r\nX: y", "",
  ])
  func coversNothingElse(url: String) throws {
    #expect(try !known("http://127.0.0.1:5000/v2/").covers(request(url)))
  }

  @Test func anotherPolicyIsCheckedAnew() throws {
    let known = try known("http://127.0.0.1:5000/v2/")
    #expect(!known.covers(request("http://127.0.0.1:5000/v2/", plain: false)))
    #expect(!known.covers(request("http://127.0.0.1:5000/v2/", addresses: .publicOnly)))
  }

  @Test func aURLWithoutAPathIsNotRemembered() throws {
    let request = request("http://127.0.0.1:5000")
    #expect(KnownOrigin(try RequestCheck.check(request), of: request) == nil)
  }
}
