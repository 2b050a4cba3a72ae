import History
import ImageModel
import Schedule

/// Hints that something was pushed. None is believed: each makes polls due that would have been made anyway.
extension PollCore {
  /// Makes due now and again later what is watched of images, which are looked for in one pass over the watchlist.
  ///
  /// - Returns: for each hint how many tags are watched of what it names, a repository that is listed for one counted
  ///   as that tag. Where too many are hinted at, some of them are left to their intervals.
  mutating func hint(_ hints: [Set<HintedImage>], at now: Moment) -> [Int] {
    let repositories = Set(hints.lazy.joined().map(\.repository))
    var found: [RepositoryReference: [String: [Int]]] = [:]
    for index in slots.indices where isTag(index) {
      let tag = slots[index].entry.tag
      if repositories.contains(tag.repository) {
        found[tag.repository, default: [:]][tag.tag, default: []].append(index)
      }
    }
    let lists = Dictionary(
      uniqueKeysWithValues: listings.lazy.map { ($0.value.entry.repository, $0.key) }.filter {
        repositories.contains($0.0)
      })
    return hints.map { images in
      images.reduce(0) { count, image in
        let tags = found[image.repository] ?? [:]
        var indexes = image.tag.map { tags[$0] ?? [] } ?? tags.values.flatMap(\.self)
        // A tag that is not known yet comes with the next list, if it is wanted at all.
        if indexes.isEmpty, let tag = image.tag, let list = lists[image.repository],
          listings[list]?.entry.tags.fits(tag) == true
        {
          indexes = [list]
        }
        for index in indexes { self.hints.hint(index, at: now.boot) }
        return count + indexes.count
      }
    }
  }

  /// What is yet to be looked at because of hints.
  var hinted: (tags: [TagID], repositories: [RepositoryReference]) {
    let awaited = hints.awaited
    return (
      awaited.filter { isTag($0) }.map { slots[$0].id }, awaited.compactMap { listings[$0]?.entry.repository }
    )
  }

  /// Makes due what hints want to be looked at by now. A poll that is under way may have looked before what is hinted
  /// at, and is made again.
  mutating func takeHints(at now: Moment) {
    for index in hints.due(at: now.boot) {
      if isUnderWay(index) { hintedMeanwhile.insert(index) } else { hasten(index, at: now) }
    }
  }

  /// A poll has ended, and the next one is planned.
  mutating func againIfHinted(_ index: Int, at now: Moment) {
    if hintedMeanwhile.remove(index) != nil { hasten(index, at: now) }
  }
}
