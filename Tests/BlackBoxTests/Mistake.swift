import Foundation
import TestSupport
import Testing

/// A mistake, what is typed, and what is said to it.
struct Mistake: CustomTestStringConvertible, Sendable {
  let what: String
  /// The command line without `watcher`; `REG` and `DIR` stand for the registry and the scene's directory.
  let typed: String
  let status: Int32
  /// Each has to be in what is printed, where a mistake is told on standard error.
  let words: [String]

  init(_ what: String, _ typed: String, _ status: Int32, _ words: String...) {
    self.init(what, typed, status, words: words)
  }

  init(_ what: String, _ typed: String, _ status: Int32, words: [String]) {
    (self.what, self.typed, self.status, self.words) = (what, typed, status, words)
  }

  var testDescription: String { what }

  /// Makes it in a scene.
  ///
  /// - Parameter runner: what the binary is started by.
  func make(in scene: Scene, registry: String = "REG", runner: [String] = []) throws {
    let (out, err) = (scene.directory + "/out.\(UUID().uuidString)", scene.directory + "/err.\(UUID().uuidString)")
    let arguments = typed.split(separator: " ").map {
      String($0).replacing("REG", with: registry).replacing("DIR", with: scene.directory).replacing("␣", with: " ")
    }
    let line = runner + [WatcherBinary.path] + arguments
    let ended = try Child(
      line[0], Array(line.dropFirst()),
      environment: [
        "PATH": "/usr/sbin:/usr/bin:/bin", "HOME": scene.directory, "LANG": "C.UTF-8", "WATCHER_CONFIG": scene.config,
      ], directory: scene.directory, stdout: out, stderr: err
    ).finish(within: 30)
    let said = [out, err].map {
      WatcherBinary.text($0).replacing(scene.directory, with: "DIR").replacing(registry, with: "REG")
    }
    #expect(ended == status, "\(what): \(said)")
    for word in words { #expect(said.contains { $0.contains(word) }, "\(what): \(word) is not in \(said)") }
    #expect(said.allSatisfy { !$0.contains("hunter2") }, "\(what): a secret is shown: \(said)")
    #expect(said.allSatisfy { !$0.contains("\u{1b}") }, "\(what): a terminal would obey: \(said)")
    // Below it stands an answer.
    guard status > 2 else { return }
    let last = try #require(said[1].split(separator: "\n").last, "\(what): nothing is said")
    #expect(last.hasPrefix("watcher: error: "), "\(what): \(last)")
  }
}

extension Scene {
  /// Files of all kinds that somebody may name in a configuration.
  func put(_ files: [String: String]) throws {
    for (name, text) in files { try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8) }
  }
}
