import Testing

@testable import Credentials

@Suite struct LoginKeyTests {
  @Test(
    arguments: [
      // Docker's own, and what others write for Docker Hub.
      ("https://index.docker.io/v1/", "docker.io", "library/a", true), ("docker.io", "docker.io", "library/a", true),
      ("index.docker.io", "docker.io", "library/a", true), ("registry-1.docker.io", "docker.io", "library/a", true),
      ("https://index.docker.io/v1/access-token", "docker.io", "library/a", true),
      ("index.docker.io/v1/", "docker.io", "library/a", true),
      // Hosts, however they are written.
      ("r.example", "r.example", "a", true), ("https://r.example", "r.example", "a", true),
      ("https://r.example/v1/", "r.example", "a", true), ("http://r.example/v2/", "r.example", "a", true),
      ("r.example/", "r.example", "a", true), ("R.Example", "r.example", "a", true),
      ("HTTPS://R.example", "r.example", "a", true),
      ("localhost:5000", "localhost:5000", "a", true), ("https://localhost:5000/v2/", "localhost:5000", "a", true),
      // Others.
      ("r.example", "r.example:443", "a", false), ("r.example:443", "r.example", "a", false),
      ("example", "r.example", "a", false), ("r.example.evil", "r.example", "a", false),
      ("", "r.example", "a", false), ("https://", "r.example", "a", false), ("/", "r.example", "a", false),
      ("docker.io", "r.example", "library/a", false), ("docker.io.evil", "docker.io", "library/a", false),
      // The beginning of a repository's name, by whole parts, and only without a scheme.
      ("r.example/team", "r.example", "team/a", true), ("r.example/team/a", "r.example", "team/a", true),
      ("r.example/team/a/b", "r.example", "team/a", false), ("r.example/tea", "r.example", "team/a", false),
      ("r.example/other", "r.example", "team/a", false), ("https://r.example/other", "r.example", "team/a", true),
      ("docker.io/library", "docker.io", "library/a", true), ("docker.io/other", "docker.io", "library/a", false),
    ] as [(String, String, String, Bool)])
  func matches(key: String, domain: String, path: String, isMatch: Bool) {
    #expect((LoginKey(key).match(LoginQuery(domain: domain, path: path)) != nil) == isMatch)
  }

  @Test(
    arguments: [
      (["r.example", "r.example/team", "r.example/team/a"], "r.example/team/a"),
      (["r.example", "r.example/team"], "r.example/team"), (["r.example/other", "r.example"], "r.example"),
      (["https://r.example/v1/", "r.example"], "r.example"),
      (["https://r.example", "http://r.example"], "http://r.example"),
      (["s.example"], nil), ([], nil),
    ] as [([String], String?)])
  func theLongestCounts(keys: [String], best: String?) {
    let query = LoginQuery(domain: "r.example", path: "team/a")
    #expect(keys.best(for: query) == best && keys.reversed().best(for: query) == best)
  }

  @Test func dockersOwnNameOfItsHubCountsFirst() {
    let keys = ["docker.io", "https://index.docker.io/v1/", "index.docker.io", "registry-1.docker.io"]
    let query = LoginQuery(domain: "docker.io", path: "library/a")
    #expect(keys.best(for: query) == "docker.io")
    #expect(keys.dropFirst().best(for: query) == "https://index.docker.io/v1/")
  }
}
