import Testing

@testable import Credentials

@Suite struct AuthPlaceTests {
  private func names(_ environment: [String: String], home: String? = "/h") -> [String] {
    var environment = environment
    environment["HOME"] = home
    return AuthPlace.found(environment: environment, user: 7).map(\.name)
  }

  @Test func theOrderIsThatOfTheTools() {
    let environment = [
      "DOCKER_AUTH_CONFIG": "{}", "REGISTRY_AUTH_FILE": "/r/auth.json", "XDG_RUNTIME_DIR": "/run/user/1",
      "XDG_CONFIG_HOME": "/x", "DOCKER_CONFIG": "/d",
    ]
    #expect(
      names(environment) == [
        "DOCKER_AUTH_CONFIG", "/r/auth.json", "/run/user/1/containers/auth.json", "/x/containers/auth.json",
        "/d/config.json", "/h/.dockercfg",
      ])
  }

  @Test func withoutVariablesTheyAreBelowTheHome() {
    let usual = [
      "/run/containers/7/auth.json", "/h/.config/containers/auth.json", "/h/.docker/config.json",
      "/h/.dockercfg",
    ]
    #expect(names([:]) == usual)
    #expect(
      names(["DOCKER_AUTH_CONFIG": "", "REGISTRY_AUTH_FILE": "", "XDG_RUNTIME_DIR": "run", "DOCKER_CONFIG": ""])
        == usual)
  }

  @Test func whoNamesAFileIsKnown() {
    let environment = ["REGISTRY_AUTH_FILE": "/r", "DOCKER_CONFIG": "/d", "HOME": "/h"]
    let named = AuthPlace.found(environment: environment).compactMap { place in place.namedBy.map { [place.name, $0] } }
    #expect(named == [["/r", "REGISTRY_AUTH_FILE"], ["/d/config.json", "DOCKER_CONFIG"]])
    #expect(AuthPlace.found(environment: ["HOME": "/h"]).allSatisfy { $0.namedBy == nil })
    #expect(AuthPlace.file("/f").namedBy == "docker_config_file")
  }

  @Test func aServiceWithoutAHomeHasWhatItIsGiven() {
    #expect(names([:], home: nil) == ["/run/containers/7/auth.json"])
    #expect(names(["DOCKER_CONFIG": "/d"], home: nil) == ["/run/containers/7/auth.json", "/d/config.json"])
  }
}
