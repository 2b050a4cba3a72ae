import ImageModel

@testable import History

/// What a history query must answer, worked out from all snapshots of a tag in memory.
enum EntryOracle {
  /// - Parameters:
  ///   - snapshots: all of one tag, oldest first.
  /// - Returns: what `query` asks for, newest first.
  static func entries(_ snapshots: [StoredSnapshot], _ query: HistoryQuery) -> [HistoryEntry] {
    let runs = runs(snapshots.map { Shown($0, query.platforms) }, all: query.all)
    var entries = runs.map { run in entry(run, of: snapshots) }
    // A stretch in which none of the chosen platforms was there separates entries, and is none itself.
    if !query.platforms.isEmpty { entries.removeAll(where: \.platforms.isEmpty) }
    if let since = query.since {
      entries.removeAll { entry in
        let next = snapshots.first { $0.id > entry.last }?.firstSeen
        return entry.lastSeen < since && (entry.ended != nil || since >= next ?? query.now)
      }
    }
    if let until = query.until { entries.removeAll { $0.firstSeen > until } }
    if let at = query.at { entries = entries.last { $0.firstSeen <= at }.map { [$0] } ?? [] }
    return Array(entries.reversed().prefix(query.limit ?? .max))
  }

  /// Whether two states show the same images: per platform the same image ID, or the same manifest where there
  /// is no image ID. Two single images, one of them of unknown platform, are compared as they are.
  private static func areSame(_ a: [StoredImage], _ b: [StoredImage]) -> Bool {
    guard a.count == b.count else { return false }
    if let only = a.first, let other = b.first, a.count == 1, only.platform == nil || other.platform == nil {
      return only.identity == other.identity
    }
    return Set(a.map(Identity.init)) == Set(b.map(Identity.init))
  }

  private static func continues(_ earlier: Shown, _ later: Shown) -> Bool {
    guard earlier.snapshot.ended == nil else { return false }
    return areSame(earlier.images, later.images) || later.isRenamed && isRenaming(earlier.images, later.images)
  }

  /// Whether nothing differs but digests that are of the same bytes by another algorithm: that was seen when the state
  /// was recorded, which has no event then, or one of manifests alone.
  private static func isRenaming(_ a: [StoredImage], _ b: [StoredImage]) -> Bool {
    guard a.map(\.platform) == b.map(\.platform) else { return false }
    return zip(a, b).allSatisfy { $0.identity == $1.identity || $0.identity.algorithm != $1.identity.algorithm }
  }

  private struct Identity: Hashable {
    let platform: Platform?
    let image: Digest

    init(_ image: StoredImage) {
      platform = image.platform
      self.image = image.identity
    }
  }

  /// A snapshot and those of its images that are asked for. One of unknown platform always is: its tag is
  /// watched whole.
  private struct Shown {
    let snapshot: StoredSnapshot
    let images: [StoredImage]

    init(_ snapshot: StoredSnapshot, _ platforms: [Platform]) {
      self.snapshot = snapshot
      images =
        platforms.isEmpty
        ? snapshot.images
        : snapshot.images.filter { image in
          image.platform.map { known in platforms.contains { $0.matches(known) } } ?? true
        }
    }

    /// No image of it changed, as it was recorded.
    var isRenamed: Bool {
      snapshot.images.allSatisfy { $0.changeClass == nil || $0.changeClass == .repacked && $0.imageID != nil }
    }
  }

  private struct Run {
    let first: Shown
    var last: Shown
  }

  private static func runs(_ shown: [Shown], all: Bool) -> [Run] {
    var runs: [Run] = []
    for next in shown {
      if let run = runs.last, !all, continues(run.last, next) {
        runs[runs.count - 1].last = next
      } else {
        runs.append(Run(first: next, last: next))
      }
    }
    return runs
  }

  private static func entry(_ run: Run, of all: [StoredSnapshot]) -> HistoryEntry {
    let (first, last) = (run.first.snapshot, run.last.snapshot)
    let isCurrent = last.id == all.last?.id
    return HistoryEntry(
      firstSeen: first.firstSeen, lastSeen: last.lastSeen, isCurrent: isCurrent && last.ended == nil,
      ended: last.ended, digest: last.digest, mediaType: last.mediaType, event: first.event,
      platforms: run.last.images.map { image in
        let same = run.first.images.filter { $0.platform == image.platform }
        let beginning = same.first { $0.identity == image.identity } ?? same.first
        return image.with(changeClass: beginning?.changeClass)
      }, first: first.id, last: last.id, previous: all.last { $0.id < first.id }.map(HistoryEntry.Previous.init))
  }
}

extension StoredImage {
  fileprivate func with(changeClass: ChangeClass?) -> StoredImage {
    StoredImage(
      platform: platform, manifest: manifest, manifestSize: manifestSize, imageID: imageID, configSize: configSize,
      created: created, artifactType: artifactType, changeClass: changeClass)
  }
}
