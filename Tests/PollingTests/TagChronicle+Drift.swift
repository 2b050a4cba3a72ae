import Containers
import ImageModel

extension PlatformChronicle {
  /// How a container stands that was started with the tag and runs what a state had for the platform.
  ///
  /// - Parameters:
  ///   - image: `nil` where it is known by an index alone.
  ///   - event: the ID of the event that was recorded of the tag at a time, of a deletion or of what is new.
  func drift(
    of container: RunningContainer, running image: PlatformImage?, in state: Int,
    _ event: (_ time: Timestamp, _ isDeletion: Bool) -> String?
  ) -> ContainerDrift {
    let wanted = images(state)
    let found = stretches.lastIndex { $0.images == wanted } ?? 0
    let (ran, newest, later) = (stretches[found], stretches[stretches.count - 1], stretches[(found + 1)...])
    let isGone = known.names == nil || newest.images.isEmpty

    var drift = ContainerDrift(container, later.isEmpty && !isGone ? .current : .behind, tag: known.tag)
    drift.tags = [known.tag]
    drift.platform = container.platform ?? platform
    drift.imageID = image?.imageID ?? container.configDigest
    drift.wasCurrent = first(ran).first...max(first(ran).first, last(ran).last)
    if !isGone, let names = known.names {
      let now = image == nil ? nil : names.images(platform).first
      drift.current = ContainerDrift.Current(
        imageID: now?.imageID, manifest: now?.manifest, digest: names.snapshot.digest, firstSeen: first(newest).first)
    }
    guard drift.state == .behind else { return drift }
    var changes = [last(ran).deleted.flatMap { event($0, true) }]
    for stretch in later {
      changes += [event(first(stretch).first, false), last(stretch).deleted.flatMap { event($0, true) }]
    }
    let classes = Set(later.flatMap { self.classes($0.states.lowerBound) } + (isGone ? [.removed] : []))
    drift.behind = ContainerDrift.Behind(
      states: later.count { !$0.images.isEmpty } + (isGone ? 1 : 0),
      since: last(ran).deleted ?? known.states[ran.states.upperBound + 1].first,
      classes: ChangeClass.allCases.filter(classes.contains), changes: changes.compactMap(\.self),
      rollback: isGone ? nil : lastCurrent(newest))
    return drift
  }

  /// What became of the images of a state beside the one before.
  private func classes(_ state: Int) -> [ChangeClass] {
    let there = Set(images(state).map(\.platform))
    let isOneLess = state > 0 && images(state - 1).contains { !there.contains($0.platform) }
    return known.states[state].images(platform).compactMap { known.change($0, in: state) }
      + (isOneLess ? [.removed] : [])
  }

  /// When an image that came with a stretch had been the tag's before.
  private func lastCurrent(_ stretch: Stretch) -> Timestamp? {
    let first = stretch.states.lowerBound
    return known.states[first].images(platform).compactMap { image -> Timestamp? in
      guard let change = known.change(image, in: first), change != .repacked else { return nil }
      return known.states[..<first].last { state in
        state.snapshot.images.contains { $0.platform == image.platform && $0.identity == image.identity }
      }?.last
    }.max()
  }
}
