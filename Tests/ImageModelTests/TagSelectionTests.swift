import TestSupport
import Testing

@testable import ImageModel

/// Which tags of a repository are watched.
struct TagSelectionTests {
  @Test func ordersVersionsBeforeAllOthers() {
    let ordered = [
      "v2.0.0", "2.0.0-rc10", "2.0.0-rc2", "2.0.0-beta.11", "2.0.0-beta.2", "2.0.0-beta",
      "2.0.0-alpha.beta", "2.0.0-alpha.1", "2.0.0-alpha", "1.10", "1.9.1", "v1.9", "1.9.0", "1.9", "1.9-slim",
      "1.9rc1", "1.9-rc01", "0.0.1", "0.0", "version", "v3", "latest", "20260101", "20251231", "3", "1.", "1..2",
    ]
    var random = TestRandom(stream: 38)
    let shuffled = ordered.shuffled(using: &random)
    let sorted = shuffled.map(TagOrder.init).sorted(by: >).map(\.tag)
    // Of what is not a version the bytes decide.
    let versions = ordered.prefix(19)
    #expect(Array(sorted.prefix(19)) == Array(versions))
    #expect(Array(sorted.dropFirst(19)) == ordered.dropFirst(19).sorted(by: >))
  }

  @Test func theOrderIsOne() {
    var random = TestRandom(stream: 36)
    let tags = (0..<200).map { _ in
      let length = Int.random(in: 1...6, using: &random)
      return String((0..<length).map { _ in "v01.9-a".randomElement(using: &random) ?? "a" })
    }
    let orders = tags.map(TagOrder.init)
    for one in orders {
      for other in orders {
        #expect([one < other, other < one, one == other].count { $0 } == 1)
        for third in orders.prefix(20) where one < other && other < third { #expect(one < third) }
      }
    }
  }

  @Test func picksTheFirstOfWhatFits() throws {
    let selection = TagSelection(
      include: [try TagPattern("^3\\.\\d+"), try TagPattern("^latest$")], exclude: [try TagPattern("rc")], maxTags: 3)
    var picker = TagPicker(selection)
    for tag in ["3.9", "latest", "3.12", "3.13-rc1", "2.7", "3.10", "3.12", "3.11"] { picker.add(tag) }
    #expect(picker.picked() == ["3.12", "3.11", "3.10"])
    #expect(selection.fits("latest") && !selection.fits("2.7") && !selection.fits("3.13-rc1"))
  }

  @Test func picksTheSameInWhateverOrderTheyCome() {
    var random = TestRandom(stream: 37)
    let tags = (0..<5_000).map { "1.\($0 % 40).\($0)" }
    for maxTags in [1, 50, 1_000] {
      var picker = TagPicker(TagSelection(maxTags: maxTags))
      for tag in tags.shuffled(using: &random) + tags.prefix(100) { picker.add(tag) }
      #expect(picker.picked() == tags.map(TagOrder.init).sorted(by: >).prefix(maxTags).map(\.tag))
    }
  }

  @Test func isToldApartByItsText() throws {
    let selection = TagSelection(include: [try TagPattern("^a\"")], exclude: [], maxTags: 5)
    #expect(selection.text == #"{"include":["^a\""],"exclude":[],"max":5}"#)
  }
}
