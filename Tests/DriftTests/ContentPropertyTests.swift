import Drift
import ImageModel
import Schedule
import Testing

/// Laws of `Drift.content` over many random pairs of states.
struct ContentPropertyTests {
  static let seeds = Array(UInt64(1)...40)
  static let platforms = [
    amd64, arm64, riscv, Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348"),
  ]
  static let selections: [PlatformSelection] = [.all, .only([amd64]), .only([amd64, arm64, riscv])]

  /// A state as a registry could hold it: a manifest has one image ID, an image ID one config and one platform.
  /// Sometimes one of the platforms could not be learned.
  static func sample(_ top: Int, _ random: inout SplitMix64) -> Sample {
    let selection = selections.randomElement(using: &random) ?? .all
    let isSingle = Int.random(in: 0..<4, using: &random) == 0
    let unknown = Int.random(in: 0..<12, using: &random)
    var images: [PlatformImage] = []
    for number in isSingle ? [Int.random(in: 0..<4, using: &random)] : Array(0..<4) {
      if !isSingle, Bool.random(using: &random) || !selection.contains(platforms[number]) { continue }
      let id = 10 * number + Int.random(in: 0...2, using: &random)
      let isArtifact = Int.random(in: 0..<8, using: &random) == 0
      let variant = Int.random(in: 0...1, using: &random)
      images.append(
        image(
          number == unknown ? nil : platforms[number], isArtifact ? nil : id,
          manifest: 100 * id + variant + (isArtifact ? 50 : 0), layers: [id / 2, variant],
          diffIDs: number == unknown || Bool.random(using: &random) ? nil : [id / 2, 5]))
    }
    return Sample(top: top, images: images.shuffled(using: &random), isSingle: isSingle, selection: selection)
  }

  static func pairs(_ seed: UInt64) -> [(Sample, Sample)] {
    var random = SplitMix64(seed: seed)
    return (0..<50).map { _ in (sample(1, &random), sample(2, &random)) }
  }

  @Test(arguments: seeds) func thereAndBackAreMirrorImages(_ seed: UInt64) throws {
    for (a, b) in Self.pairs(seed) {
      let there = try #require(a.change(to: b))
      let back = try #require(b.change(to: a))
      #expect(Self.essence(there.changes) == Self.mirrored(back.changes), "\(a)\n\(b)")
    }
  }

  @Test(arguments: seeds) func anEqualStateIsNoChangeAndOneOfEqualImagesAnIndexChange(_ seed: UInt64) {
    for (a, _) in Self.pairs(seed) {
      #expect(a.change(to: a) == nil)
      var other = a
      other.top = 3
      other.images.reverse()
      #expect(a.change(to: other)?.type == .indexChanged)
    }
  }

  @Test(arguments: seeds) func everyChangeIsTrueAndNoneIsLost(_ seed: UInt64) throws {
    for (a, b) in Self.pairs(seed) {
      let change = try #require(a.change(to: b))
      for one in change.changes {
        #expect(one.previous == nil || a.images.contains { $0.manifest == one.previous?.manifest })
        #expect(one.current == nil || b.images.contains { $0.manifest == one.current?.manifest })
        switch one.changeClass {
        case .content, .rebuilt:
          #expect(one.previous?.imageID != one.current?.imageID || one.previous?.imageID == nil)
          #expect(one.previous?.manifest != one.current?.manifest)
        case .repacked:
          #expect(one.previous?.imageID == one.current?.imageID && one.current?.imageID != nil)
          #expect(one.previous?.manifest != one.current?.manifest)
        case .added: #expect(one.previous == nil && one.layers == nil)
        case .removed: #expect(one.current == nil && one.layers == nil)
        }
      }
      let tells = change.changes.contains { $0.changeClass == .content || $0.changeClass == .rebuilt }
      #expect(change.type.isMove == tells)
      // The oracle for `watcher.image.changed`: one known platform on both sides with two image IDs.
      for old in a.images {
        for new in b.images where old.platform != nil && old.platform == new.platform && old.imageID != new.imageID {
          #expect(change.type == .imageChanged)
        }
      }
    }
  }

  private static func essence(_ changes: [PlatformChange]) -> Set<String> {
    Set(changes.map { "\(name($0.previous))>\(name($0.current)) \($0.changeClass) \(name($0.layers))" })
  }

  private static func mirrored(_ changes: [PlatformChange]) -> Set<String> {
    Set(
      changes.map { change in
        let mirror: [ChangeClass: ChangeClass] = [.added: .removed, .removed: .added]
        let counts = change.layers.map {
          PlatformChange.LayerCounts(kept: $0.kept, added: $0.removed, removed: $0.added)
        }
        return "\(name(change.current))>\(name(change.previous)) "
          + "\(mirror[change.changeClass] ?? change.changeClass) \(name(counts))"
      })
  }

  private static func name(_ state: PlatformChange.ImageState?) -> String {
    state.map { "\($0.manifest.short)/\($0.imageID?.short ?? "-")" } ?? "none"
  }

  private static func name(_ counts: PlatformChange.LayerCounts?) -> String {
    counts.map { "\($0.kept) \($0.added) \($0.removed)" } ?? "none"
  }
}
