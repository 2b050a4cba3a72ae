import Containers
import Foundation
import History
import ImageModel
import TestSupport
import Testing

/// The queries that commands make, compared with what was answered in a year.
struct YearQueries {
  private let chronicles: [TagChronicle]
  private let reader: HistoryReader
  private var random: TestRandom
  /// The IDs of events of tags by their times: of deletions, and of what is new.
  private var events: [TagReference: [Timestamp: (deletion: String?, content: String?)]] = [:]

  private struct Difference: Error {}

  /// - Parameter share: of so many tags one is looked at.
  static func compare(_ year: SimulatedYear, ofSoMany share: Int, random: TestRandom) throws {
    var queries = try YearQueries(year, share, random)
    try queries.compareWhich(year.chronicles)
    for known in queries.chronicles {
      try queries.compareAt(known)
      try queries.compareDrift(known)
    }
  }

  private init(_ year: SimulatedYear, _ share: Int, _ random: TestRandom) throws {
    let tags = year.chronicles.filter { !$0.states.isEmpty }
    chronicles = tags.enumerated().filter { $0.offset.isMultiple(of: share) }.map(\.element)
    reader = try HistoryReader.open(year.database)
    self.random = random
    for event in try reader.events(EventQuery(), limit: .max).events {
      let body = try #require(try JSONSerialization.jsonObject(with: Data(event.body)) as? [String: Any])
      let id = try #require(body["id"] as? String)
      if event.type == .tagDeleted {
        events[event.tag, default: [:]][event.time, default: (nil, nil)].deletion = id
      } else if ![.tagRestored, .tagRecovered, .tagUnreachable].contains(event.type) {
        events[event.tag, default: [:]][event.time, default: (nil, nil)].content = id
      }
    }
  }

  /// - Throws: the first difference is enough.
  private func expect<T: Equatable>(_ found: T, _ expected: T, _ what: @autoclosure () -> String) throws {
    guard found != expected else { return }
    Issue.record("\(what()) is \(found), not \(expected)")
    throw Difference()
  }

  // MARK: history --at

  private mutating func compareAt(_ known: TagChronicle) throws {
    let edges = known.states.flatMap { state in
      [state.first, state.last, state.deleted].compactMap(\.self) + state.gaps.flatMap { [$0.from, $0.to] }
    }
    let span = (edges.min() ?? known.states[0].first).milliseconds...(edges.max() ?? known.states[0].first).milliseconds
    var times = Set(edges.flatMap { edge in [-60_000, -1, 0, 1, 60_000].map { edge.milliseconds + $0 } })
    for _ in 0..<50 { times.insert(Int64.random(in: span, using: &random)) }
    for platform in known.platforms {
      let chronicle = PlatformChronicle(known, platform)
      let stretches = chronicle.stretches.filter { !$0.images.isEmpty }.map {
        (chronicle.first($0).first, At(chronicle, $0))
      }
      var query = HistoryQuery()
      query.platforms = platform.map { [$0] } ?? []
      for (index, time) in times.sorted().enumerated() where platform == nil || index % 5 < 2 {
        let time = Timestamp(milliseconds: time)
        query.at = time
        let found = try #require(try reader.history(known.tag, query))
        let expected = stretches.last { $0.0 <= time }.map { [$0.1] } ?? []
        try expect(found.map(At.init), expected, "\(known.tag) \(platform?.description ?? "") at \(time)")
        let isUnseen = expected.first?.gaps.contains { $0.from < time && time < $0.to } ?? false
        try expect(
          found.first?.gaps.contains { $0.holds(time) } ?? false, isUnseen, "\(known.tag) unseen at \(time)")
      }
    }
  }

  /// What is said of a tag at a time.
  private struct At: Equatable {
    let seen: [Timestamp]
    let isCurrent: Bool
    let isDeleted: Bool
    let digest: Digest
    let event: EventType?
    let images: [StoredImage]
    let gaps: [ObservationGap]

    init(_ entry: HistoryEntry) {
      (seen, isCurrent, isDeleted) = ([entry.firstSeen, entry.lastSeen], entry.isCurrent, entry.ended == .deleted)
      (digest, event, images, gaps) = (entry.digest, entry.event, entry.platforms, entry.gaps)
    }

    init(_ chronicle: PlatformChronicle, _ stretch: PlatformChronicle.Stretch) {
      let (known, first, last) = (chronicle.known, chronicle.first(stretch), chronicle.last(stretch))
      (seen, isCurrent, isDeleted) = ([first.first, last.last], chronicle.isCurrent(stretch), last.deleted != nil)
      (digest, event) = (last.snapshot.digest, first.event)
      images = last.images(chronicle.platform).map { image in
        let same = first.snapshot.images.first { $0.platform == image.platform }
        return StoredImage(
          platform: image.platform, manifest: image.manifest, manifestSize: image.manifestSize, imageID: image.imageID,
          configSize: image.configSize, created: nil, artifactType: image.artifactType,
          changeClass: same.flatMap { known.change($0, in: stretch.states.lowerBound) })
      }
      gaps = known.states[stretch.states].reversed().flatMap { $0.gaps.reversed() }
        .map { ObservationGap(from: $0.from, to: $0.to) }
    }
  }

  // MARK: which

  private mutating func compareWhich(_ tags: [TagChronicle]) throws {
    var naming: [Digest: [TagChronicle]] = [:]
    for known in tags { for digest in known.digests { naming[digest, default: []].append(known) } }
    for digest in Set(chronicles.flatMap(\.digests)) {
      let found = try reader.uses(of: digest)
      let expected = (naming[digest] ?? []).flatMap { $0.uses(of: digest) }
      try expect(found.count, expected.count, "the number of uses of \(digest)")
      try expect(Set(found), Set(expected), "\(digest)")
      // The newest first, whatever the clock was.
      let order = Dictionary(expected.enumerated().map { ($1, $0) }) { first, _ in first }
      for (one, next) in zip(found, found.dropFirst()) where (one.tag, one.platform) == (next.tag, next.platform) {
        #expect(one.kind != next.kind || order[one] ?? 0 > order[next] ?? 0)
      }
    }
    let texts = naming.keys.map(\.description).sorted()
    let some = (0..<20).compactMap { _ in texts.randomElement(using: &random) } + [texts[0], texts[texts.count - 1]]
    for (text, length) in some.flatMap({ text in [1, 2, 3, 6, 64].map { (text, $0) } }) {
      let prefix = text.prefix("sha256:".count + length)
      let expected = texts.filter { $0.hasPrefix(prefix) }.prefix(11)
      for written in [prefix, prefix.dropFirst("sha256:".count)] {
        let found = try reader.digests(DigestPrefix(written, shortest: 1), limit: 11)
        try expect(found.map(\.description), Array(expected), "\(written)")
      }
    }
    let unknown = Digest(.sha256, bytes: [UInt8](repeating: 7, count: 32))
    #expect(try reader.digests(DigestPrefix(unknown.description), limit: 11).isEmpty)
    #expect(try reader.uses(of: unknown).isEmpty)
  }

  // MARK: drift

  /// A container of every image, known by its ID, its manifest and its indexes, and of an index alone.
  private func compareDrift(_ known: TagChronicle) throws {
    let chronicles = Dictionary(uniqueKeysWithValues: known.platforms.map { ($0, PlatformChronicle(known, $0)) })
    var asked: Set<[String]> = []
    func compare(_ digest: Digest?, _ platform: Platform?, _ image: PlatformImage?, _ state: Int) throws {
      guard let digest, asked.insert(["\(digest)", "\(platform?.description ?? "")"]).inserted else { return }
      let container = RunningContainer(
        name: "web", image: "\(known.tag)", platform: platform, digests: [KnownDigest(digest, .unspecified)])
      let expected = chronicles[image?.platform]?.drift(of: container, running: image, in: state) { time, isDeletion in
        isDeletion ? events[known.tag]?[time]?.deletion : events[known.tag]?[time]?.content
      }
      try expect(
        reader.drift(of: [container], now: .atOnce), [expected].compactMap(\.self),
        "\(known.tag) with \(digest) of state \(state)")
    }
    for (index, state) in known.states.enumerated().reversed() {
      for image in state.snapshot.images {
        try compare(image.imageID, nil, image, index)
        try compare(image.manifest, image.platform, image, index)
        if state.snapshot.mediaType.isIndex { try compare(state.snapshot.digest, image.platform, image, index) }
      }
      if state.snapshot.mediaType.isIndex { try compare(state.snapshot.digest, nil, nil, index) }
    }
    try compareStranger(known)
  }

  /// An image that never was under the tag.
  private func compareStranger(_ known: TagChronicle) throws {
    let digest = Digest(.sha256, bytes: [UInt8](repeating: 9, count: 32))
    let container = RunningContainer(name: "web", image: "\(known.tag)", digests: [KnownDigest(digest, .id)])
    var expected = ContainerDrift(container, .other, tag: known.tag)
    let chronicle = PlatformChronicle(known, nil)
    if let now = known.names, let newest = chronicle.stretches.last {
      let artifact = now.snapshot.images.first { $0.platform == nil }
      expected.current = ContainerDrift.Current(
        imageID: nil, manifest: artifact?.manifest, digest: now.snapshot.digest,
        firstSeen: chronicle.first(newest).first)
    }
    try expect(reader.drift(of: [container], now: .atOnce), [expected], "a stranger beside \(known.tag)")
  }
}

extension Timestamp {
  /// When no look at a tag is old.
  fileprivate static var atOnce: Timestamp { Timestamp(milliseconds: 0) }
}
