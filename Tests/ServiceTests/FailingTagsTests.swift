import ImageModel
import Testing

@testable import Service

/// What the log tells of tags that fail: each of a few, and the number of many.
@Suite struct FailingTagsTests {
  private func tag(_ number: Int) -> TagReference {
    TagReference(domain: "r.example", path: "app", tag: "\(number)")
  }

  @Test func aFewAreToldOneByOne() {
    var failing = FailingTags()
    #expect(failing.failed(tag(1), .tls) == .tag(failures: 1))
    #expect(failing.failed(tag(1), .tls) == .tag(failures: 2))
    #expect(failing.failed(tag(1), .dns) == .tag(failures: 3), "another error, the same row of failures")
    #expect(failing.succeeded(tag(1)) == .tag(failures: 3))
    #expect(failing.succeeded(tag(1)) == nil)
  }

  @Test func ofManyTheNumberIs() {
    var failing = FailingTags()
    let news = (1...3_000).map { failing.failed(tag($0), .tls) }
    #expect(news.prefix(10).allSatisfy { $0 == .tag(failures: 1) })
    #expect(news[10] == .kind(tags: 11) && news[2_999] == .kind(tags: 3_000))
    #expect(failing.failed(tag(2_000), .tls) == nil, "it was counted")
    let over = (1...3_000).map { failing.succeeded(tag($0)) }
    #expect(over.compactMap { $0 } == (1...10).map { _ in .tag(failures: 1) } + [.kind(tags: 3_000)])
  }
}
