import Foundation
import History
import ImageModel
import TestSupport
import Testing

/// The summer of `amazonlinux:latest`, from the registry to what is printed: four states with other contents, a fifth
/// that was only built anew, and at last a move back to the second.
@Suite struct SummerTests {
  private let scene: Scene
  private let images = AmazonlinuxSummer.states.indices.map(AmazonlinuxSummer.image)

  init() throws { scene = try Scene(watch: ["amazonlinux:latest"], interval: "15m") }

  @Test func ofAmazonlinux() async throws {
    let begin = try Samples.time(AmazonlinuxSummer.states[0].created).advanced(bySeconds: 3_600)
    let watch = try SummerWatch(database: scene.database, from: begin)
    defer { watch.stop() }
    for (state, pushed) in AmazonlinuxSummer.states.enumerated().dropFirst() {
      // A build is there an hour later.
      try await watch.pass(until: Samples.time(pushed.created).advanced(bySeconds: 3_600))
      watch.move(to: state)
    }
    let end = "2026-09-21T00:00:00Z"
    try await watch.pass(until: Samples.time(end))
    try expectTheFiveStates()
    try await expectEveryMinute(watch, from: "2026-07-01T00:00:00Z", until: end)
    try expectUses(watch)
    try expectContainersAreBehind(watch)
    try expectDifferences()

    watch.move(to: 1)
    try await watch.pass(until: Samples.time("2026-09-22T00:00:00Z"))
    try expectTheMoveBack(watch)
    try expectUses(watch)
    try expectAnswersAtSomeTimes(watch)
  }

  // MARK: What is expected

  /// A time in which a state was there, as it was looked at.
  private func periods(_ watch: SummerWatch) -> [(state: Int, first: Timestamp, last: Timestamp)] {
    var periods: [(state: Int, first: Timestamp, last: Timestamp)] = []
    for look in watch.looks {
      if periods.last?.state == look.state {
        periods[periods.count - 1].last = look.at
      } else {
        periods.append((look.state, look.at, look.at))
      }
    }
    return periods
  }

  private func digest(_ documents: [String: Document], _ platform: String) throws -> Digest {
    try #require(documents[platform]).digest
  }

  // MARK: Until the fifth state

  private func expectTheFiveStates() throws {
    let entries = try scene.history("amazonlinux").reversed()
    #expect(entries.map { $0["digest"] as? String } == images.map(\.index.digest.description))
    #expect(
      entries.map { $0["event"] as? String } == ["watcher.tag.first_seen"]
        + (1..<5).map { _ in "watcher.image.changed" })
    for (index, platform) in AmazonlinuxSummer.platforms.enumerated() {
      let shown = entries.map { ($0["platforms"] as? [[String: Any]])?[index] }
      #expect(shown.map { $0?["platform"] as? String } == images.map { _ in platform })
      #expect(shown.map { $0?["class"] as? String } == ["added", "content", "content", "content", "rebuilt"])
      #expect(shown.map { $0?["created"] as? String } == AmazonlinuxSummer.states.map(\.created))
      #expect(
        try shown.map { $0?["image_id"] as? String } == images.map { try digest($0.configs, platform).description })
    }
    let lines = try scene.run(["history", "amazonlinux"]).stdout.split(separator: "\n")
    #expect(lines.count { $0.contains("  image changed ") } == 4, "\(lines)")
    #expect(lines.count { $0.hasSuffix(" content") } == 3 && lines.count { $0.hasSuffix(" rebuilt") } == 1)
  }

  /// What the last look at the tag saw is what it was at each minute until the next; one platform is asked for at the
  /// even minutes, and the other at the odd ones.
  private func expectEveryMinute(_ watch: SummerWatch, from start: String, until end: String) async throws {
    let minutes = (try Samples.time(start).milliseconds, try Samples.time(end).milliseconds)
    let (periods, looks, database, images) = (periods(watch), watch.looks, scene.database, images)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (turn, platform) in AmazonlinuxSummer.platforms.enumerated() {
        group.addTask {
          let reader = try HistoryReader.open(database)
          var query = HistoryQuery()
          query.platforms = try [#require(Platform(platform))]
          var seen = 0
          for minute in stride(from: minutes.0 + Int64(turn) * 60_000, to: minutes.1, by: 120_000) {
            let time = Timestamp(milliseconds: minute)
            query.at = time
            let entries = try #require(try reader.history(SummerWatch.tag, query))
            while seen < looks.count, looks[seen].at <= time { seen += 1 }
            guard seen > 0 else {
              guard entries.isEmpty else { throw Untrue(what: "something at \(time)") }
              continue
            }
            let state = looks[seen - 1].state
            let period = try #require(periods.last { $0.first <= time })
            guard entries.count == 1, let entry = entries.first, period.state == state,
              entry.digest == images[state].index.digest, entry.firstSeen == period.first,
              entry.lastSeen == period.last, entry.gaps.isEmpty,
              entry.platforms.map(\.imageID) == [images[state].configs[platform]?.digest],
              entry.platforms.map(\.manifest) == [images[state].manifests[platform]?.digest]
            else { throw Untrue(what: "state \(state) at \(time): \(entries)") }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private struct Untrue: Error {
    let what: String
  }

  /// `which` of each digest, by its beginning.
  private func expectUses(_ watch: SummerWatch) throws {
    let periods = periods(watch)
    for (state, image) in images.enumerated() {
      let times = periods.enumerated().filter { $0.element.state == state }.reversed()
      for digest in image.digests {
        let short = "sha256:\(digest.short)"
        let matches = try scene.json(["which", short, "--json"])["matches"] as? [[String: Any]] ?? []
        #expect(matches.map { $0["digest"] as? String } == times.map { _ in digest.description })
        #expect(matches.map { $0["first_seen"] as? String } == times.map { "\($0.element.first)" })
        #expect(matches.map { $0["last_seen"] as? String } == times.map { "\($0.element.last)" })
        #expect(matches.map { $0["current"] as? Bool } == times.map { $0.offset == periods.count - 1 })
        let pull = "docker.io/library/amazonlinux@"
        #expect(matches.allSatisfy { $0["pull"] as? String == "\(pull)\(image.index.digest)" })
        let platform = AmazonlinuxSummer.platforms.first { platform in
          [image.manifests, image.configs].contains { $0[platform]?.digest == digest }
        }
        let exact = platform.flatMap { image.manifests[$0] }.map { "\(pull)\($0.digest)" }
        #expect(matches.allSatisfy { $0["platform"] as? String == platform && $0["pull_exact"] as? String == exact })
      }
    }
  }

  /// A container of each state and platform, known by its image ID, its manifest and its index.
  private func drifts() throws -> [String: [String: Any]] {
    let lines = try images.enumerated().flatMap { state, image in
      try AmazonlinuxSummer.platforms.flatMap { platform in
        try [
          ("id", digest(image.configs, platform)), ("manifest", digest(image.manifests, platform)),
          ("index", image.index.digest),
        ].map { kind, digest in
          #"{"name":"\#(state) \#(platform) \#(kind)","image":"amazonlinux:latest","digests":["\#(digest)"],"#
            + #""platform":"\#(platform)"}"#
        }
      }
    }
    let path = "\(scene.directory)/containers.jsonl"
    try lines.joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
    let found = try scene.json(["drift", "--from", path, "--json"])["containers"] as? [[String: Any]] ?? []
    #expect(found.count == lines.count)
    return Dictionary(uniqueKeysWithValues: found.map { ($0["name"] as? String ?? "", $0) })
  }

  private func expectContainersAreBehind(_ watch: SummerWatch) throws {
    let classes = [["content", "rebuilt"], ["content", "rebuilt"], ["content", "rebuilt"], ["rebuilt"]]
    let (periods, events) = (periods(watch), try changes())
    for (name, drift) in try drifts() {
      let state = try #require(Int(name.prefix(1)))
      #expect((drift["was_current"] as? [String: String])?["first_seen"] == "\(periods[state].first)")
      #expect((drift["current"] as? [String: Any])?["digest"] as? String == images[4].index.digest.description)
      guard state < 4 else {
        #expect(drift["state"] as? String == "current" && drift["behind"] is NSNull, "\(name)")
        continue
      }
      let behind = try #require(drift["behind"] as? [String: Any])
      #expect(drift["state"] as? String == "behind" && behind["states"] as? Int == 4 - state, "\(name)")
      #expect(behind["classes"] as? [String] == classes[state] && behind["rollback"] is NSNull, "\(name)")
      #expect(
        behind["since"] as? String == "\(periods[state + 1].first)"
          && behind["changes"] as? [String] == Array(events[state...]))
    }
    let text = try scene.run(["drift", "--from", "\(scene.directory)/containers.jsonl"]).stdout
    #expect(text.contains("  behind 3, content  ") && text.contains("  behind 1, rebuilt only  "), "\(text)")
  }

  /// The IDs of the events that told of other images.
  private func changes() throws -> [String] {
    try scene.run(["events", "--json", "--type", "changed"]).stdout.split(separator: "\n").map {
      try #require(try object(String($0))["id"] as? String)
    }
  }

  private func expectDifferences() throws {
    for (state, image) in images.enumerated().dropFirst() {
      let arguments = ["diff", "amazonlinux", "\(images[state - 1].index.digest)", "\(image.index.digest)"]
      let text = try scene.run(arguments).stdout
      #expect(text.contains("\nlinux/amd64  \(state == 4 ? "rebuilt" : "content")  "), "\(text)")
      #expect(text.contains("\n  No difference but the time of the build\n") == (state == 4), "\(text)")
      let platforms = try scene.json(arguments + ["--json"])["platforms"] as? [[String: Any]] ?? []
      #expect(platforms.map { $0["only_build_time"] as? Bool } == [state == 4, state == 4])
    }
  }

  // MARK: After the move back

  private func expectTheMoveBack(_ watch: SummerWatch) throws {
    let periods = periods(watch)
    let newest = try #require(scene.history("amazonlinux").first)
    #expect(newest["digest"] as? String == images[1].index.digest.description)
    let shown = try #require(newest["platforms"] as? [[String: Any]])
    for platform in shown {
      let rollback = try #require(platform["rollback"] as? [String: String])
      #expect(platform["class"] as? String == "content" && rollback["last_current"] == "\(periods[1].last)")
      #expect(rollback["digest"] == images[1].index.digest.description)
    }
    #expect(shown.count == 2)
    for (name, drift) in try drifts() {
      let state = try #require(Int(name.prefix(1)))
      let behind = drift["behind"] as? [String: Any]
      #expect(drift["state"] as? String == (state == 1 ? "current" : "behind"), "\(name)")
      #expect(behind?["states"] as? Int == (state == 1 ? nil : 5 - state), "\(name)")
      #expect((behind?["rollback"] as? [String: String])?["last_current"] == (state == 1 ? nil : "\(periods[1].last)"))
    }
    let text = try scene.run(["history", "amazonlinux"]).stdout
    #expect(text.contains("\n  rollback to what it was until 2026-08-20 "), "\(text)")
  }

  /// The program, at the edges of each time and within it.
  private func expectAnswersAtSomeTimes(_ watch: SummerWatch) throws {
    for period in periods(watch) {
      for (time, isIt) in [
        (period.first.advanced(by: .milliseconds(-1)), false), (period.first, true), (period.last, true),
      ] {
        let arguments = ["history", "amazonlinux", "--at", "\(time)", "--platform", "linux/arm64"]
        let entries = try scene.json(arguments + ["--json"])["entries"] as? [[String: Any]] ?? []
        #expect((entries.first?["first_seen"] as? String == "\(period.first)") == isIt, "\(time)")
        guard isIt else { continue }
        let id = try digest(images[period.state].configs, "linux/arm64")
        #expect((entries[0]["platforms"] as? [[String: Any]])?.map { $0["image_id"] as? String } == ["\(id)"])
        #expect(try scene.run(arguments).stdout.contains("image \(id.short)"), "\(time)")
      }
    }
  }
}
