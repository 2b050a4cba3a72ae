import Foundation
import TestSupport
import Testing

/// `latest` and a version that are pushed together.
@Suite struct MovedTogetherTests {
  @Test func bothAreTold() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    let tags = ["latest", "2023", "old"]
    func push(_ name: String, _ tags: [String]) throws {
      for tag in tags { registry.put(FakeRegistryImage(name), in: "app", tag: tag) }
    }
    let scene = try Scene(watch: tags.map { "\(registry.authority)/app:\($0)" })
    try push("first", tags)
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    try push("second", ["latest", "2023"])
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for (tag, other) in [("latest", "2023"), ("2023", "latest")] {
      let entries = try scene.history("\(registry.authority)/app:\(tag)")
      #expect(entries.map { $0["also"] as? [String] } == [["\(registry.authority)/app:\(other)"], []])
      let text = try scene.run(["history", "\(registry.authority)/app:\(tag)"]).stdout
      #expect(text.contains("\n  together with \(other)\n"), "\(text)")
    }
    // Whichever was recorded last knew of the other.
    let also = try scene.run(["events", "--type", "image.changed", "--json"]).stdout.split(separator: "\n").map {
      line in
      let data = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return (data?["data"] as? [String: Any])?["also"] as? [String]
    }
    #expect(also.count == 2 && also.last??.count == 1, "\(also)")
    #expect(try scene.history("\(registry.authority)/app:old").count == 1)
  }

  /// Whoever checks tags of the watchlist one by one has them watched all the same.
  @Test func tagsThatAreCheckedByNameAreTold() throws {
    let registry = try FakeRegistry()
    defer { registry.stop() }
    let tags = ["latest", "2023"].map { "\(registry.authority)/app:\($0)" }
    let scene = try Scene(watch: tags)
    for name in ["first", "second"] {
      for tag in ["latest", "2023", "other"] { registry.put(FakeRegistryImage(name), in: "app", tag: tag) }
      for tag in tags + ["\(registry.authority)/app:other"] {
        #expect(try scene.run(["check", tag, "--config", scene.config]).status == 0)
      }
    }
    #expect(try scene.history(tags[0]).map { $0["also"] as? [String] } == [[tags[1]], []])
  }
}
