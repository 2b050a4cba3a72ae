import ImageModel
import Testing

@testable import History

@Suite struct SpellingTests {
  let scratch = Scratch()
  let writer: HistoryWriter

  init() throws { writer = try HistoryWriter.open(scratch.database) }

  private func tag(_ domain: String, _ path: String = "app", _ tag: String = "1") -> TagReference {
    TagReference(domain: domain, path: path, tag: tag)
  }

  private func watched(_ tag: TagReference) -> WatchedTag {
    WatchedTag(tag: tag, selection: .all, intervalSeconds: 60)
  }

  /// As a configuration would have it: lower case, and `old.test` is `new.test/team`.
  private func canonical(_ tag: TagReference) -> TagReference {
    let domain = tag.domain.lowercased()
    return domain == "old.test"
      ? TagReference(domain: "new.test", path: "team/\(tag.path)", tag: tag.tag)
      : TagReference(domain: domain, path: tag.path, tag: tag.tag)
  }

  @Test func aTagKeepsItsHistoryUnderTheNewName() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let old = [
        tag("R.test"), tag("R.test", "b"), tag("old.test", "c"), tag("plain.test", "d"), tag("R.test", "e", "2"),
      ]
      let before = try history.registerTags(old.map(watched))
      try history.respell(canonical)
      let new = [
        tag("r.test"), tag("r.test", "b"), tag("new.test", "team/c"), tag("plain.test", "d"), tag("r.test", "e", "2"),
      ]
      let after = try history.registerTags(new.map(watched))
      #expect(after.map(\.id) == before.map(\.id))
      #expect(try history.tag(old[0]) == nil)
      try history.respell(canonical)
      #expect(try history.registerTags(new.map(watched)).map(\.id) == before.map(\.id))
    }
  }

  @Test func twoTagsAreNotMadeOne() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let both = [tag("R.test"), tag("r.test"), tag("R.test", "other")]
      let before = try history.registerTags(both.map(watched))
      try history.respell(canonical)
      #expect(try history.tag(both[0])?.id == before[0].id)
      #expect(try history.tag(both[1])?.id == before[1].id)
      #expect(try history.tag(tag("r.test", "other"))?.id == before[2].id)
    }
  }

  /// A start with a hundred thousand tags must not ask about each.
  @Test func asksOncePerRegistry() throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      try history.respell { tag in
        Issue.record("there are no tags")
        return tag
      }
      let domains = ["a.test", "b.test", "[::1]:5000"]
      _ = try history.registerTags(domains.flatMap { domain in (0..<50).map { watched(tag(domain, "p\($0)")) } })
      var asked: [String] = []
      try history.respell { tag in
        asked.append(tag.domain)
        return tag
      }
      #expect(asked == domains.sorted())
    }
  }
}
