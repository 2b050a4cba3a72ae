import History
import ImageModel

/// The history of a tag as something to draw: a band for each platform, a segment for each image over the time for
/// which the tag named it. Pure.
struct Timeline {
  /// What is drawn at most: of more, nobody could tell one from another.
  static let mostSegments = 600
  static let mostStates = 300
  static let mostBands = 12

  struct Segment {
    /// The state that it begins with, and the image in it.
    let state: HistoryEntry
    let image: StoredImage
    let start: Timestamp
    fileprivate(set) var end: Timestamp
    /// When the image was really seen last.
    fileprivate(set) var lastSeen: Timestamp
    fileprivate(set) var isCurrent: Bool

    var identity: Digest { image.identity }
    /// The same layers under another config: less than a change of what is in them.
    var isRebuild: Bool { image.changeClass == .rebuilt }
    var rollback: HistoryEntry.Rollback? { state.rollback(of: image) }
  }

  struct Band {
    let platform: Platform?
    /// One after another.
    fileprivate(set) var segments: [Segment] = []
  }

  /// From when the tag was gone.
  struct Deletion {
    let from: Timestamp
    let to: Timestamp
  }

  private(set) var bands: [Band] = []
  let deletions: [Deletion]
  private(set) var gaps: [Gap] = []
  let scale: TimeScale
  /// Bands beyond `mostBands`.
  private(set) var omittedBands = 0
  /// How many are drawn, and when the earliest of them begins; `nil` where there is none.
  let states: Int
  let beginning: Timestamp?

  /// - Parameters:
  ///   - entries: newest first; drawn are as many as can be told apart.
  ///   - end: up to when, mostly now.
  ///   - unseen: the time for which nobody has seen what the tag names now.
  init(_ entries: [HistoryEntry], until end: Timestamp, unseen: ObservationGap? = nil) {
    let images = entries.prefix(Self.mostStates).map(\.platforms.count).max() ?? 0
    let shown = entries.prefix(min(Self.mostStates, Self.mostSegments / max(1, min(images, Self.mostBands))))
    let states = Array(shown.reversed())
    // Order is by state, whatever clocks said.
    var begins: [Timestamp] = []
    for state in states { begins.append(max(begins.last ?? state.firstSeen, state.firstSeen)) }
    let end = max(end, begins.last ?? end)
    let nexts = begins.dropFirst() + [end]
    (self.states, beginning) = (states.count, begins.first)
    deletions = zip(states, zip(begins, nexts)).filter { $0.0.ended == .deleted }.map { state, times in
      Deletion(from: min(max(state.lastSeen, times.0), times.1), to: times.1)
    }
    // Of a tag that was first seen now, a minute.
    let first = min(begins.first ?? end, end.advanced(bySeconds: -60))
    scale = TimeScale(begins + deletions.map(\.from) + [first, end])

    var slots: [Slot: Int] = [:]
    for state in shown { for slot in Slot.of(state) { open(slot, &slots) } }
    omittedBands = max(0, bands.count - Self.mostBands)
    bands = Array(bands.prefix(Self.mostBands))
    for (state, (begin, next)) in zip(states, zip(begins, nexts)) {
      let end = state.ended == .deleted ? min(max(state.lastSeen, begin), next) : next
      for (slot, image) in zip(Slot.of(state), state.platforms) {
        guard let band = slots[slot], band < bands.count else { continue }
        draw(image, of: state, from: begin, to: end, in: band)
      }
    }
    gaps = Gap.together(
      (states.flatMap(\.gaps) + [unseen].compactMap(\.self)).map {
        ObservationGap(from: min($0.from, end), to: min($0.to, end))
      }, on: scale, bands: bands.count)
  }

  private mutating func open(_ slot: Slot, _ slots: inout [Slot: Int]) {
    guard slots[slot] == nil else { return }
    slots[slot] = slots.count
    bands.append(Band(platform: slot.platform))
  }

  /// Goes on with the segment before it where the image stayed.
  private mutating func draw(
    _ image: StoredImage, of state: HistoryEntry, from start: Timestamp, to end: Timestamp, in band: Int
  ) {
    if let last = bands[band].segments.last, last.identity == image.identity, last.end == start {
      bands[band].segments[bands[band].segments.count - 1].end = end
      bands[band].segments[bands[band].segments.count - 1].lastSeen = state.lastSeen
      bands[band].segments[bands[band].segments.count - 1].isCurrent = state.isCurrent
    } else {
      bands[band].segments.append(
        Segment(
          state: state, image: image, start: start, end: end, lastSeen: state.lastSeen, isCurrent: state.isCurrent))
    }
  }

  /// A platform; where a state has several images for one, as Windows has, each of them.
  private struct Slot: Hashable {
    let platform: Platform?
    let number: Int

    static func of(_ state: HistoryEntry) -> [Slot] {
      var counts: [Platform?: Int] = [:]
      return state.platforms.map { image in
        defer { counts[image.platform, default: 0] += 1 }
        return Slot(platform: image.platform, number: counts[image.platform, default: 0])
      }
    }
  }
}
