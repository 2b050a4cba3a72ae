import History
import ImageModel

/// What somebody has to know of a tag beside its state: why it fails, what is missing, what is not known yet.
struct TagTrouble {
  private static let platformsShown = 6

  let tag: TagStatus
  let times: PageTimes

  struct Sentence {
    let words: HTML
    /// `bad` where somebody has to act, else `odd`.
    let kind: String
  }

  var sentences: [Sentence] {
    [
      failing.map { Sentence(words: $0, kind: "bad") },
      missing.map { Sentence(words: $0, kind: tag.hasNoPlatform ? "bad" : "odd") },
      moved.map { Sentence(words: $0, kind: "odd") },
    ].compactMap(\.self)
  }

  private var moved: HTML? {
    tag.record.state.moved.map {
      """
      It moved to \(HTML.digest($0.to.digest)) at \(times.second($0.since)); details are pending, \
      for its registry allows no pull now.
      """
    }
  }

  private var missing: HTML? {
    guard !tag.missingPlatforms.isEmpty else { return nil }
    let names = Words.list(tag.missingPlatforms.map(\.description), limit: Self.platformsShown)
    return "\(tag.hasNoPlatform ? "None of its platforms is there" : "Not there"): \(names)"
  }

  private var failing: HTML? {
    tag.record.state.failure.map { failure in
      let since: HTML = tag.record.state.failingSince.map { "Since \(times.second($0)): " } ?? ""
      return "\(since)\(failure.message) <small>\(failure.code.rawValue)</small>"
    }
  }
}
