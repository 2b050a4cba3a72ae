import ImageModel
import Testing

@testable import watcher

@Suite struct DatabaseLocationTests {
  struct Case: CustomTestStringConvertible {
    let what: String
    var option: String?
    var environment: [String: String] = [:]
    var configured: String?
    var presence = DatabaseLocation.Presence.missing
    let path: String
    var testDescription: String { what }
  }

  static let everything = [
    "WATCHER_DATABASE": "/env.db", "STATE_DIRECTORY": "/state", "XDG_STATE_HOME": "/xdg", "HOME": "/home/a",
  ]

  static let cases = [
    Case(
      what: "option", option: "own.db", environment: everything, configured: "/config.db", presence: .present,
      path: "own.db"),
    Case(
      what: "variable", environment: everything, configured: "/config.db", presence: .present, path: "/env.db"),
    Case(
      what: "configuration", environment: ["STATE_DIRECTORY": "/state", "HOME": "/home/a"], configured: "/config.db",
      presence: .present, path: "/config.db"),
    Case(
      what: "empty variable", environment: ["WATCHER_DATABASE": "", "HOME": "/home/a"], configured: "/config.db",
      path: "/config.db"),
    Case(
      what: "state directory", environment: ["STATE_DIRECTORY": "/state", "HOME": "/home/a"], presence: .present,
      path: "/state/watcher.db"),
    Case(
      what: "state directory before a forbidden service", environment: ["STATE_DIRECTORY": "/state"],
      presence: .forbidden, path: "/state/watcher.db"),
    Case(
      what: "first of several state directories", environment: ["STATE_DIRECTORY": "/state:/other"],
      path: "/state/watcher.db"),
    Case(
      what: "the service's", environment: ["XDG_STATE_HOME": "/xdg", "HOME": "/home/a"], presence: .present,
      path: "/var/lib/watcher/watcher.db"),
    Case(
      what: "state home", environment: ["XDG_STATE_HOME": "/xdg", "HOME": "/home/a"], path: "/xdg/watcher/watcher.db"),
    Case(
      what: "relative state home", environment: ["XDG_STATE_HOME": "xdg", "HOME": "/home/a"],
      path: "/home/a/.local/state/watcher/watcher.db"),
    Case(
      what: "empty state home", environment: ["XDG_STATE_HOME": "", "HOME": "/home/a"],
      path: "/home/a/.local/state/watcher/watcher.db"),
    Case(what: "home", environment: ["HOME": "/home/a"], path: "/home/a/.local/state/watcher/watcher.db"),
  ]

  @Test(arguments: cases)
  func isFound(_ example: Case) throws {
    let location = DatabaseLocation(option: example.option, environment: example.environment)
    let path = try location.path(configured: example.configured) { path in
      #expect(path == "/var/lib/watcher/watcher.db")
      return example.presence
    }
    #expect(path == example.path)
  }

  /// A service's database that may not be looked at must not be taken for missing.
  @Test func forbiddenServiceIsAnError() {
    let location = DatabaseLocation(option: nil, environment: ["HOME": "/home/a"])
    let error = #expect(throws: CommandError.self) { try location.path(configured: nil) { _ in .forbidden } }
    #expect(error?.status == .permission)
    let words = "cannot look whether there is /var/lib/watcher/watcher.db: run as root"
    #expect(error?.message.hasPrefix(words) == true, "\(error as Any)")
  }

  @Test func withoutHomeItMustBeNamed() {
    let error = #expect(throws: CommandError.self) {
      try DatabaseLocation(option: nil, environment: [:]).path(configured: nil) { _ in .missing }
    }
    #expect(error?.status == .configuration)
  }

  @Test func configurationIsNotReadForNothing() {
    #expect(DatabaseLocation(option: "a", environment: [:]).isNamed)
    #expect(DatabaseLocation(option: nil, environment: ["WATCHER_DATABASE": "a"]).isNamed)
    #expect(!DatabaseLocation(option: nil, environment: ["WATCHER_DATABASE": "", "STATE_DIRECTORY": "a"]).isNamed)
  }
}
