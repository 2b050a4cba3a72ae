import ImageModel

@testable import History

/// What can be asked of a tag's past for a platform, or for all of it, answered by reading all that was answered. Source:
/// docs/reference.md.
struct PlatformChronicle {
  /// A time in which the images stayed the same. Where the platform was absent there are none.
  struct Stretch {
    var states: ClosedRange<Int>
    let images: Set<ImageOfPlatform>
  }

  struct ImageOfPlatform: Hashable {
    let platform: Platform?
    let identity: Digest
  }

  let known: TagChronicle
  let platform: Platform?
  /// Oldest first, those of absence among them.
  private(set) var stretches: [Stretch] = []

  init(_ known: TagChronicle, _ platform: Platform?) {
    (self.known, self.platform) = (known, platform)
    for index in known.states.indices {
      let images = images(index)
      if let last = stretches.last, last.images == images, known.states[index - 1].deleted == nil {
        stretches[stretches.count - 1].states = last.states.lowerBound...index
      } else {
        stretches.append(Stretch(states: index...index, images: images))
      }
    }
  }

  func images(_ state: Int) -> Set<ImageOfPlatform> {
    Set(known.states[state].images(platform).map { ImageOfPlatform(platform: $0.platform, identity: $0.identity) })
  }

  func first(_ stretch: Stretch) -> TagChronicle.State { known.states[stretch.states.lowerBound] }
  func last(_ stretch: Stretch) -> TagChronicle.State { known.states[stretch.states.upperBound] }

  /// Whether it holds still.
  func isCurrent(_ stretch: Stretch) -> Bool {
    stretch.states.upperBound == known.states.count - 1 && known.names != nil
  }
}

extension TagChronicle {
  /// As which of them, and for which platform, a tag named something.
  var platforms: Set<Platform?> { Set(states.flatMap { $0.snapshot.images.map(\.platform) }).union([nil]) }

  /// All that it was known by.
  var digests: Set<Digest> {
    Set(
      states.flatMap { state in
        [state.snapshot.digest] + state.snapshot.images.flatMap { [$0.manifest] + [$0.imageID].compactMap(\.self) }
      })
  }

  /// What became of an image of a state beside the state before.
  func change(_ image: PlatformImage, in state: Int) -> ChangeClass? {
    guard state > 0 else { return .added }
    guard states[state].snapshot.digest != states[state - 1].snapshot.digest else { return nil }
    guard let old = states[state - 1].snapshot.images.first(where: { $0.platform == image.platform }) else {
      return .added
    }
    if old.manifest == image.manifest { return nil }
    if image.imageID == nil { return .content }
    if old.imageID == image.imageID { return .repacked }
    return old.config?.diffIDs == image.config?.diffIDs ? .rebuilt : .content
  }

  /// When the tag named a digest, as what, and for which platform.
  func uses(of digest: Digest) -> [DigestUse] {
    platforms.flatMap { platform in
      DigestKind.allCases.flatMap { kind in
        uses(of: digest, kind, platform) { state in
          let image = state.snapshot.images.first { $0.platform == platform }
          return switch kind {
          case .imageID: image?.imageID == digest
          case .manifest: image?.manifest == digest
          case .index: platform == nil && state.snapshot.mediaType.isIndex && state.snapshot.digest == digest
          }
        }
      }
    }
  }

  private func uses(
    of digest: Digest, _ kind: DigestKind, _ platform: Platform?, _ isIt: (State) -> Bool
  ) -> [DigestUse] {
    var periods: [ClosedRange<Int>] = []
    for (index, state) in states.enumerated() where isIt(state) {
      if let last = periods.last, last.upperBound == index - 1, states[index - 1].deleted == nil {
        periods[periods.count - 1] = last.lowerBound...index
      } else {
        periods.append(index...index)
      }
    }
    return periods.map { period in
      let last = states[period.upperBound]
      return DigestUse(
        kind: kind, digest: digest, tag: tag, platform: platform, firstSeen: states[period.lowerBound].first,
        lastSeen: last.last, isCurrent: period.upperBound == states.count - 1 && names != nil,
        top: last.snapshot.digest,
        manifest: kind == .index ? nil : last.snapshot.images.first { $0.platform == platform }?.manifest,
        intervalSeconds: Int(intervalSeconds))
    }
  }
}
