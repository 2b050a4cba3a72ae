import Drift
import ImageModel
import Testing

struct ContentTests {
  @Test func firstSightAddsEveryImageAndNothingElse() throws {
    let now = Sample.index(1, image(amd64, 1), image(arm64, 2))
    let change = try #require(
      Drift.content(previous: nil, current: now.snapshot, selection: .all, past: { _, _ in nil }))
    #expect(change.type == .tagFirstSeen)
    #expect(change.summary == ["linux/amd64 added", "linux/arm64 added"])
    #expect(change.changes.allSatisfy { $0.previous == nil && $0.current != nil && $0.layers == nil })
    #expect(change.rollback == nil)
  }

  @Test func firstSightOfATagWithoutImagesIsStillAnEvent() {
    let change = Drift.content(
      previous: nil, current: Sample.index(1).snapshot, selection: .all, past: { _, _ in nil })
    #expect(change == ContentChange(type: .tagFirstSeen, changes: [], rollback: nil))
  }

  @Test func anEqualDigestIsNoChange() {
    let before = Sample.index(1, image(amd64, 1), image(arm64, 2))
    #expect(before.change(to: before) == nil)
  }

  struct Case: CustomTestStringConvertible {
    let name: String
    let from: Sample
    let to: Sample
    let type: EventType
    let summary: [String]
    var testDescription: String { name }
  }

  static let cases = [
    Case(
      name: "another image", from: .index(1, image(amd64, 1)), to: .index(2, image(amd64, 2)),
      type: .imageChanged, summary: ["linux/amd64 content"]),
    Case(
      name: "another config over equal diff IDs",
      from: .index(1, image(amd64, 1, layers: [1], diffIDs: [7, 8])),
      to: .index(2, image(amd64, 2, layers: [2], diffIDs: [7, 8])),
      type: .imageChanged, summary: ["linux/amd64 rebuilt"]),
    Case(
      name: "another config over equal layers, configs unknown",
      from: .index(1, image(amd64, 1, layers: [7, 8])), to: .index(2, image(amd64, 2, layers: [7, 8])),
      type: .imageChanged, summary: ["linux/amd64 rebuilt"]),
    Case(
      name: "layers in another order are other layers",
      from: .index(1, image(amd64, 1, layers: [7, 8])), to: .index(2, image(amd64, 2, layers: [8, 7])),
      type: .imageChanged, summary: ["linux/amd64 content"]),
    Case(
      name: "empty lists prove nothing",
      from: .index(1, image(amd64, 1, layers: [], diffIDs: [])),
      to: .index(2, image(amd64, 2, layers: [], diffIDs: [])),
      type: .imageChanged, summary: ["linux/amd64 content"]),
    Case(
      name: "one config unknown and recompressed layers prove nothing",
      from: .index(1, image(amd64, 1, layers: [1])), to: .index(2, image(amd64, 2, layers: [2], diffIDs: [7])),
      type: .imageChanged, summary: ["linux/amd64 content"]),
    Case(
      name: "another manifest of the same image",
      from: .index(1, image(amd64, 1, manifest: 5)), to: .index(2, image(amd64, 1, manifest: 6)),
      type: .imageRepacked, summary: ["linux/amd64 repacked"]),
    Case(
      name: "another manifest of an artifact",
      from: .single(1, image(nil, nil, manifest: 1)), to: .single(2, image(nil, nil, manifest: 2)),
      type: .artifactChanged, summary: ["? content"]),
    Case(
      name: "another manifest of an artifact over equal layers",
      from: .single(1, image(nil, nil, manifest: 1, layers: [7])),
      to: .single(2, image(nil, nil, manifest: 2, layers: [7])),
      type: .artifactChanged, summary: ["? content"]),
    Case(
      name: "an artifact of a platform", from: .index(1, image(amd64, 1), image(arm64, nil, manifest: 1)),
      to: .index(2, image(amd64, 1), image(arm64, nil, manifest: 2)),
      type: .artifactChanged, summary: ["linux/arm64 content"]),
    Case(
      name: "an image change outranks one of an artifact",
      from: .index(1, image(amd64, 1), image(arm64, nil, manifest: 1)),
      to: .index(2, image(amd64, 2), image(arm64, nil, manifest: 2)),
      type: .imageChanged, summary: ["linux/amd64 content", "linux/arm64 content"]),
    Case(
      name: "an artifact change outranks an arrival", from: .index(1, image(arm64, nil, manifest: 1)),
      to: .index(2, image(amd64, 1), image(arm64, nil, manifest: 2)),
      type: .artifactChanged, summary: ["linux/amd64 added", "linux/arm64 content"]),
    Case(
      name: "an image becomes an artifact over equal layers", from: .single(1, image(amd64, 3, layers: [7])),
      to: .single(2, image(nil, nil, manifest: 2, layers: [7])),
      type: .imageChanged, summary: ["? content"]),
    Case(
      name: "the artifact in another index", from: .index(1, image(arm64, nil, manifest: 1)),
      to: .index(2, image(arm64, nil, manifest: 1)), type: .indexChanged, summary: []),
    Case(
      name: "an artifact becomes an image",
      from: .single(1, image(nil, nil, manifest: 1)), to: .single(2, image(amd64, 3, manifest: 2)),
      type: .imageChanged, summary: ["linux/amd64 content"]),
    Case(
      name: "only the index", from: .index(1, image(amd64, 1)), to: .index(2, image(amd64, 1)),
      type: .indexChanged, summary: []),
    Case(
      name: "the order of the index", from: .index(1, image(amd64, 1), image(arm64, 2)),
      to: .index(2, image(arm64, 2), image(amd64, 1)), type: .indexChanged, summary: []),
    Case(
      name: "an arrival", from: .index(1, image(amd64, 1)), to: .index(2, image(arm64, 2), image(amd64, 1)),
      type: .platformAdded, summary: ["linux/arm64 added"]),
    Case(
      name: "a departure", from: .index(1, image(amd64, 1), image(arm64, 2)), to: .index(2, image(arm64, 2)),
      type: .platformRemoved, summary: ["linux/amd64 removed"]),
    Case(
      name: "an index that has lost everything", from: .index(1, image(amd64, 1), image(arm64, 2)), to: .index(2),
      type: .platformRemoved, summary: ["linux/amd64 removed", "linux/arm64 removed"]),
    Case(
      name: "an arrival outranks departure and repack",
      from: .index(1, image(amd64, 1), image(arm64, 2, manifest: 5)),
      to: .index(2, image(arm64, 2, manifest: 6), image(riscv, 3)),
      type: .platformAdded, summary: ["linux/arm64 repacked", "linux/riscv64 added", "linux/amd64 removed"]),
    Case(
      name: "a departure outranks a repack", from: .index(1, image(amd64, 1), image(arm64, 2, manifest: 5)),
      to: .index(2, image(arm64, 2, manifest: 6)),
      type: .platformRemoved, summary: ["linux/arm64 repacked", "linux/amd64 removed"]),
    Case(
      name: "an image change outranks all and hides nothing",
      from: .index(1, image(amd64, 1), image(arm64, 2)), to: .index(2, image(riscv, 3), image(arm64, 4)),
      type: .imageChanged, summary: ["linux/riscv64 added", "linux/arm64 content", "linux/amd64 removed"]),
  ]

  @Test(arguments: cases) func namesWhatChanged(_ test: Case) throws {
    let change = try #require(test.from.change(to: test.to))
    #expect(change.type == test.type)
    #expect(change.summary == test.summary)
    #expect(change.rollback == nil)
  }

  @Test func aChangeCarriesBothStates() throws {
    let before = image(amd64, 1, diffIDs: [7])
    let after = image(amd64, 2, diffIDs: [7, 8])
    let change = try #require(Sample.index(1, before).change(to: .index(2, after))?.changes.first)
    #expect(change.previous == PlatformChange.ImageState(before))
    #expect(change.current == PlatformChange.ImageState(after))
  }

  /// before, after: layers and diff IDs (nil: config unknown).
  @Test(
    arguments: [
      ([1], [1], [2], [1, 5], 1, 1, 0), ([1, 2, 3], nil, [3, 1, 4], nil, 2, 1, 1),
      ([1, 1, 2], nil, [1, 2, 2], nil, 2, 1, 1), ([1], [1], [1], nil, 1, 0, 0), ([9], [1], [8], nil, 0, 1, 1),
      ([1, 2], [], [1, 2], [7, 8], 2, 0, 0), ([1], [1], [], [], 0, 0, 1), ([], nil, [], nil, 0, 0, 0),
    ] as [([Int], [Int]?, [Int], [Int]?, Int, Int, Int)])
  func countsLayers(
    _ layers: [Int], _ diffIDs: [Int]?, _ newLayers: [Int], _ newDiffIDs: [Int]?, _ kept: Int, _ added: Int,
    _ removed: Int
  ) throws {
    let before = Sample.index(1, image(amd64, 1, layers: layers, diffIDs: diffIDs))
    let change = before.change(to: .index(2, image(amd64, 2, layers: newLayers, diffIDs: newDiffIDs)))
    #expect(
      try #require(change?.changes.first).layers
        == PlatformChange.LayerCounts(kept: kept, added: added, removed: removed))
  }

  @Test func aRepackedImageIsDescribedByWhatEitherSideKnows() throws {
    let before = image(amd64, 1, manifest: 5, layers: [1, 2], diffIDs: [7, 8])
    let after = image(nil, 1, manifest: 6, layers: [3, 4])
    let change = try #require(Sample.single(1, before).change(to: .single(2, after))?.changes.first)
    #expect(change.platform == amd64)
    #expect(change.layers == PlatformChange.LayerCounts(kept: 2, added: 0, removed: 0))
    #expect(change.current?.created == change.previous?.created)
    #expect(change.current?.created != nil)
  }
}
