import Testing

@testable import Credentials

@Suite struct LoginSearchTests {
  private static let auth = #""auth": "dTpw""#
  private static let basic = Login.basic(.init(username: "u", password: "p"))

  private func steps(_ texts: String..., domain: String = "r.example") throws -> [LoginSearch.Step] {
    let files = try texts.enumerated().map { index, text in
      (name: "file \(index)", file: try AuthFile(Array(text.utf8), form: .config))
    }
    return LoginSearch(LoginQuery(domain: domain, path: "team/a"), in: files).steps
  }

  @Test func theFirstFileCounts() throws {
    let file = #"{"auths": {"r.example": {\#(Self.auth)}}}"#
    #expect(try steps("{}", file, file).first == .login(Self.basic, place: "file 1"))
    #expect(try steps("{}", #"{"auths": {"s.example": {\#(Self.auth)}}}"#).isEmpty)
  }

  @Test func aHelperIsAskedBeforeTheFileItStandsIn() throws {
    #expect(
      try steps(#"{"credsStore": "s", "auths": {"r.example": {\#(Self.auth)}}}"#)
        == [.helper(name: "s", server: "r.example", place: "file 0"), .login(Self.basic, place: "file 0")])
  }

  @Test func theHelperOfARegistryIsAskedInPlaceOfThatOfAll() throws {
    let helpers = #""credHelpers": {"r.example": "own", "none.example": ""}, "credsStore": "all""#
    #expect(try steps("{\(helpers)}") == [.helper(name: "own", server: "r.example", place: "file 0")])
    #expect(
      try steps("{\(helpers)}", domain: "other.example")
        == [.helper(name: "all", server: "other.example", place: "file 0")])
    #expect(try steps("{\(helpers)}", domain: "none.example").isEmpty)
  }

  @Test(arguments: ["docker.io", "index.docker.io", "https://index.docker.io/v1/"])
  func aHelperKnowsDockerHubByItsOldAddress(key: String) throws {
    #expect(
      try steps(#"{"credHelpers": {"\#(key)": "h"}}"#, domain: "docker.io")
        == [.helper(name: "h", server: "https://index.docker.io/v1/", place: "file 0")])
  }

  @Test func aMarkerWithoutAHelperIsSaid() throws {
    let marker = #""auths": {"r.example": {}}"#
    #expect(try steps("{\(marker)}") == [.missingHelper(place: "file 0", key: "r.example")])
    #expect(
      try steps("{\(marker), \"credsStore\": \"s\"}") == [.helper(name: "s", server: "r.example", place: "file 0")])
  }
}
