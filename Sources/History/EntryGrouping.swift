import ImageModel

/// Makes history entries from snapshots, each asked for when it is needed. Pure.
enum EntryGrouping {
  /// Reads no further than `query` wants.
  ///
  /// - Parameters:
  ///   - part: where what is asked for can be.
  ///   - next: the snapshots of one tag, the newest first, from the end of an entry on; `nil` behind the last.
  /// - Returns: what `query` asks for, newest first.
  static func entries(
    _ query: HistoryQuery, in part: HistoryPart, next: () throws -> StoredSnapshot?
  ) rethrows -> [HistoryEntry] {
    let limit = query.at == nil ? query.limit ?? .max : min(1, query.limit ?? .max)
    var entries: [HistoryEntry] = []
    var run: Run?
    var later = part.next
    while entries.count < limit {
      let earlier = try next().map { Shown($0, query.platforms) }
      if let open = run {
        if let earlier, !query.all, continues(earlier, open.first) {
          run?.first = earlier
          continue
        }
        let entry = entry(open, after: earlier?.snapshot, isCurrent: open.last.snapshot.id == part.newest)
        if isWanted(entry, before: later, query) { entries.append(entry) }
        later = entry.firstSeen
      }
      guard let earlier, earlier.snapshot.id >= part.oldest else { break }
      run = Run(first: earlier, last: earlier)
    }
    return entries
  }

  /// - Parameter later: when what followed it was first seen.
  private static func isWanted(_ entry: HistoryEntry, before later: Timestamp?, _ query: HistoryQuery) -> Bool {
    // A stretch in which none of the chosen platforms was there separates entries, and is none itself.
    if !query.platforms.isEmpty && entry.platforms.isEmpty && !query.absences { return false }
    if let since = query.since, entry.lastSeen < since {
      // Until the next one was seen it is what the tag was, as far as anybody knows.
      guard entry.ended == nil, since < later ?? query.now else { return false }
    }
    return query.begun.map { entry.firstSeen <= $0 } ?? true
  }

  /// Whether a state goes on with the images of the one before it, as one entry of what `query` asks for.
  static func continues(_ earlier: StoredSnapshot, _ later: StoredSnapshot, _ query: HistoryQuery) -> Bool {
    !query.all && continues(Shown(earlier, query.platforms), Shown(later, query.platforms))
  }

  /// Whether no image changed from a state to the next one, be it that the tag was gone between them.
  static func hasSameImages(_ earlier: StoredSnapshot, _ later: StoredSnapshot) -> Bool {
    hasSameImages(Shown(earlier, []), Shown(later, []))
  }

  /// Whether two states show the same images: per platform the same image ID, or the same manifest where there
  /// is no image ID. Two single images, one of them of unknown platform, are compared as they are.
  static func areSame(_ a: [StoredImage], _ b: [StoredImage]) -> Bool {
    guard a.count == b.count else { return false }
    if let only = a.first, let other = b.first, a.count == 1 {
      let isOfBoth = only.platform == nil || other.platform == nil || only.platform == other.platform
      return isOfBoth && only.identity == other.identity
    }
    return Set(a.map(Identity.init)) == Set(b.map(Identity.init))
  }

  private static func continues(_ earlier: Shown, _ later: Shown) -> Bool {
    earlier.snapshot.ended == nil && hasSameImages(earlier, later)
  }

  private static func hasSameImages(_ earlier: Shown, _ later: Shown) -> Bool {
    areSame(earlier.images, later.images) || later.isRenamed && isRenaming(earlier.images, later.images)
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
    var first: Shown
    let last: Shown
  }

  private static func entry(_ run: Run, after previous: StoredSnapshot?, isCurrent: Bool) -> HistoryEntry {
    let (first, last) = (run.first.snapshot, run.last.snapshot)
    return HistoryEntry(
      firstSeen: first.firstSeen, lastSeen: last.lastSeen, isCurrent: isCurrent && last.ended == nil,
      ended: last.ended, digest: last.digest, mediaType: last.mediaType, event: first.event,
      platforms: run.last.images.map { image in
        let same = run.first.images.filter { $0.platform == image.platform }
        let beginning = same.first { $0.identity == image.identity } ?? same.first
        return image.with(changeClass: beginning?.changeClass)
      }, first: first.id, last: last.id, previous: previous.map(HistoryEntry.Previous.init))
  }
}

extension StoredImage {
  fileprivate func with(changeClass: ChangeClass?) -> StoredImage {
    StoredImage(
      platform: platform, manifest: manifest, manifestSize: manifestSize, imageID: imageID, configSize: configSize,
      created: created, artifactType: artifactType, changeClass: changeClass)
  }
}
