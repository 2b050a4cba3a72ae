package import ImageModel

/// Which image of an old state each image of a new state succeeds.
///
/// Two single manifests are one image, whatever their platforms. Otherwise images of one known platform are
/// partners, and known platforms that differ never are. An image of unknown platform (its config could not be
/// had) is joined by identity: the same manifest, else the same image ID, else as the only one left on both
/// sides, which is the case of a one-image index that becomes a single manifest or the reverse. What is then
/// still alone has come or gone: guessing would report a change of a platform nobody can name.
///
/// Where an index repeats a platform, equal images are joined first, so that an order changed by the registry
/// is no change.
package struct ImagePairing {
  /// For each new image the index of its old partner.
  package private(set) var partner: [Int?]
  /// Old images without a partner, in their order.
  package private(set) var unpairedOld: [Int]

  private let old: [PlatformImage]
  private let new: [PlatformImage]

  package init(_ old: [PlatformImage], _ new: [PlatformImage], areSingle: Bool) {
    self.old = old
    self.new = new
    partner = Array(repeating: nil, count: new.count)
    unpairedOld = Array(old.indices)
    if areSingle, old.count == 1, new.count == 1 {
      pair(old: 0, new: 0)
      return
    }
    join { image in image.platform.map { Key(platform: $0, digest: image.manifest) } }
    join { image in image.platform.map { Key(platform: $0, digest: image.imageID) } }
    join { image in image.platform.map { Key(platform: $0, digest: nil) } }
    joinUnknown { $0.manifest }
    joinUnknown { $0.imageID }
    joinLast()
  }

  private struct Key: Hashable {
    let platform: Platform
    let digest: Digest?
  }

  /// Pairs free images of equal key, each with the first free one of the other side.
  private mutating func join<K: Hashable>(
    old wanted: (PlatformImage) -> Bool = { _ in true }, new offered: (PlatformImage) -> Bool = { _ in true },
    by key: (PlatformImage) -> K?
  ) {
    var waiting: [K: [Int]] = [:]
    for index in unpairedOld.reversed() where wanted(old[index]) {
      if let value = key(old[index]) { waiting[value, default: []].append(index) }
    }
    guard !waiting.isEmpty else { return }
    var taken: Set<Int> = []
    for index in new.indices where partner[index] == nil && offered(new[index]) {
      guard let value = key(new[index]), let match = waiting[value]?.popLast() else { continue }
      partner[index] = match
      taken.insert(match)
    }
    unpairedOld.removeAll(where: taken.contains)
  }

  private mutating func joinUnknown(by key: (PlatformImage) -> Digest?) {
    join(old: { $0.platform == nil }, by: key)
    join(new: { $0.platform == nil }, by: key)
  }

  private mutating func joinLast() {
    let free = new.indices.filter { partner[$0] == nil }
    guard free.count == 1, unpairedOld.count == 1 else { return }
    if new[free[0]].platform == nil || old[unpairedOld[0]].platform == nil {
      pair(old: unpairedOld[0], new: free[0])
    }
  }

  private mutating func pair(old oldIndex: Int, new newIndex: Int) {
    partner[newIndex] = oldIndex
    unpairedOld.removeAll { $0 == oldIndex }
  }
}
