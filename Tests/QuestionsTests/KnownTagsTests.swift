import History
import ImageModel
import Testing

@testable import Questions

@Suite struct KnownTagsTests {
  @Test(
    arguments: [
      (["docker.io/library/a:1", "docker.io/library/a:2"], 2, "known here: a:1, a:2"),
      (["ghcr.io/x/a:1"], 1, "known here: ghcr.io/x/a:1"), ([], 0, "'watcher status' lists the watched tags"),
      ((1...5).map { "a:\($0)" }, 7, "known here: a:1, a:2, a:3, a:4, a:5 and 2 more"),
    ] as [([String], Int, String)])
  func unknownTagsAreHelpedWith(near: [String], count: Int, hint: String) throws {
    let first = try near.map { try ReferenceArgument.tag($0) }
    #expect(KnownTags.hint(NearTags(first: first, count: count)) == hint)
  }

  @Test func unknownTagsAreHelpedWithWhereNothingIsRecorded() {
    let hint = KnownTags.hint(NearTags(first: [], count: 0, isEmpty: true))
    #expect(hint == "nothing has been recorded yet; 'watcher check' or 'watcher run' does")
  }
}
