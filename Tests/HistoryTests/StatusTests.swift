import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct StatusTests {
  let scratch = Scratch()

  private func report(
    _ tags: [TagReference]? = nil, _ prepare: (HistoryTransaction) throws -> Void
  ) throws -> StatusReport {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync(prepare)
    return try HistoryReader.open(scratch.database).status(tags)
  }

  private struct Case: Sendable, CustomTestStringConvertible {
    let expected: TagStatus.State
    var reach = Reach.ok
    var succeeded = false
    var failing = false
    var testDescription: String { "\(expected): \(reach), succeeded \(succeeded), failing \(failing)" }
  }

  private static let cases = [
    Case(expected: .pending),
    Case(expected: .ok, succeeded: true),
    Case(expected: .failing, failing: true),
    Case(expected: .failing, succeeded: true, failing: true),
    Case(expected: .unreachable, reach: .unreachable, succeeded: true, failing: true),
    Case(expected: .deleted, reach: .deleted, succeeded: true, failing: true),
    Case(expected: .deleted, reach: .deleted, succeeded: true),
  ]

  @Test(arguments: cases) private func states(_ test: Case) throws {
    let report = try report { history in
      var state = TagState()
      state.reach = test.reach
      state.lastSuccess = test.succeeded ? time(0) : nil
      state.failure = test.failing ? CheckFailure(.timeout, "m") : nil
      try history.updateState(history.amazonTag().id, state)
    }
    #expect(report.tags.map(\.state) == [test.expected])
  }

  @Test func aWatchedTagShowsWhatIsThereAndWhatIsMissing() throws {
    let report = try report { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 10)]), tag: tag.id, at: 0)
      try history.record(snapshot(2, [image(amd64, 11)]), tag: tag.id, at: 10)
      var state = tag.state
      state.lastSuccess = time(10)
      state.lastMove = time(10)
      try history.updateState(tag.id, state)
    }
    let status = try #require(report.tags.first)
    #expect(status.record.tag == amazon)
    #expect(status.digest == digest(2))
    #expect(status.platforms.map(\.imageID) == [digest(11)])
    #expect(status.missingPlatforms == [arm64])
    #expect(status.lastChanged == time(10))
  }

  /// Neither a tag without an index, which is watched whole, nor an index that is an artifact.
  @Test(arguments: [MediaType.ociManifest, .ociIndex]) func whatIsOfNoKnownPlatformMissesNone(_ type: MediaType) throws
  {
    let report = try report { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(nil, 10)], type: type), tag: tag.id, at: 0)
    }
    #expect(report.tags.map(\.missingPlatforms) == [[]])
    #expect(report.tags.map(\.digest) == [digest(1)])
  }

  @Test func registriesOfItsTagsAreShownWithWhatIsKnown() throws {
    let report = try report { history in
      _ = try history.amazonTag()
      try history.recordRegistries([
        RegistryStatus(name: "docker.io", endpoint: "https://mirror.example"),
        RegistryStatus(name: "ghcr.io", isUnverified: true),
      ])
    }
    #expect(report.registries == [RegistryStatus(name: "docker.io", endpoint: "https://mirror.example")])
    let none = try self.report { try $0.recordRegistries([]) }
    #expect(none.registries == [RegistryStatus(name: "docker.io")] && none.failing.registries == none.registries)
  }

  @Test func aDeletedTagHasNoCurrentImage() throws {
    let report = try report { history in
      let tag = try history.amazonTag()
      try history.record(snapshot(1, [image(amd64, 10)]), tag: tag.id, at: 0)
      try history.endSnapshot(tag: tag.id)
    }
    #expect(report.tags.map(\.digest) == [nil])
    #expect(report.tags.map(\.platforms) == [[]])
    #expect(report.tags.map(\.missingPlatforms) == [[]])
  }

  @Test func allMeansThoseThatAreWatchedByName() throws {
    let tags = ["c", "a", "b"].map { TagReference(domain: "docker.io", path: "library/x", tag: $0) }
    let report = try report { history in
      _ = try history.registerTags(tags.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 60) })
      var state = TagState()
      state.lastChecked = time(0)
      try history.updateState(try history.ensureTag(amazon, selection: .all).id, state)
      _ = try history.ensureTag(TagReference(domain: "not", path: "yet", tag: "checked"), selection: .all)
    }
    #expect(report.tags.map(\.record.tag.tag) == ["a", "b", "c"])
    let reader = try HistoryReader.open(scratch.database)
    let unknown = [("no", "such", "tag"), ("not", "yet", "checked")].map(TagReference.init(domain:path:tag:))
    let named = try reader.status([amazon] + unknown + [tags[0]])
    #expect(named.tags.map(\.record.tag) == [amazon, tags[0]])
    #expect(named.unknown == unknown)
  }

  @Test func tagsOfAboutTheNameAreNear() throws {
    let names = [
      ("docker.io", "library/app", "1"), ("docker.io", "library/app", "2"), ("ghcr.io", "x/app", "1"),
      ("ghcr.io", "x/myapp", "1"), ("ghcr.io", "app", "1"), ("ghcr.io", "app/y", "1"),
    ]
    let tags = names.map { TagReference(domain: $0.0, path: $0.1, tag: $0.2) }
    func near(_ domain: String, _ path: String, limit: Int = 5) throws -> NearTags {
      try HistoryReader.open(scratch.database).near(TagReference(domain: domain, path: path, tag: "?"), limit: limit)
    }
    _ = try report { _ in }
    #expect(try near("docker.io", "library/app") == NearTags(first: [], count: 0, isEmpty: true))
    _ = try report { history in
      _ = try history.registerTags(tags.map { WatchedTag(tag: $0, selection: .all, intervalSeconds: 60) })
    }
    #expect(try near("docker.io", "library/app") == NearTags(first: Array(tags[..<2]), count: 2))
    #expect(try near("docker.io", "library/app", limit: 1) == NearTags(first: [tags[0]], count: 2))
    #expect(try near("quay.io", "z/app") == NearTags(first: [tags[0], tags[1], tags[4], tags[2]], count: 4))
    #expect(try near("quay.io", "z/app", limit: 3) == NearTags(first: [tags[0], tags[1], tags[4]], count: 4))
    #expect(try near("quay.io", "z/none") == NearTags(first: [], count: 0))
    let reader = try HistoryReader.open(scratch.database)
    #expect(try reader.unknown([tags[3], amazon, tags[0]]) == [amazon])
  }

  @Test func sinksShowWhatWaits() throws {
    let report = try report { history in
      try history.registerSinks([
        SinkDefinition(name: "ops", type: "webhook", fingerprint: "1"),
        SinkDefinition(name: "journal", type: "stdout", fingerprint: "1"),
      ])
      let tag = try history.amazonTag()
      for index in 0..<4 {
        _ = try history.appendEvent(
          event("e\(index)", at: Int64(index)), tag: tag.id, snapshot: nil, sinks: index == 3 ? ["journal"] : ["ops"])
      }
      try history.settleDelivered(sink: "ops", sequences: [1], at: time(9))
      try history.settleFailed(sink: "ops", sequence: 2, attempts: 10, error: "503", .rests)
      try history.settleDelivered(sink: "journal", sequences: [4], at: time(9))
      try history.setSink("ops", .disabled)
    }
    #expect(
      report.sinks == [
        SinkStatus(name: "ops", type: "webhook", state: .disabled, waiting: 1, failed: 1, oldestWaiting: time(2)),
        SinkStatus(name: "journal", type: "stdout", state: .ok, waiting: 0, failed: 0, oldestWaiting: nil),
      ])
  }
}
