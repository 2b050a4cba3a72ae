package import ImageModel

/// Which layers of an image are its successor's as well, by their places. One that occurs twice counts twice; of those
/// the later ones are new, or have gone.
package struct LayerPairing {
  /// Places in the successor.
  package private(set) var kept: [Int] = []
  package private(set) var added: [Int] = []
  /// Places in the image before.
  package private(set) var removed: [Int] = []

  package init(from old: [Digest], to new: [Digest]) {
    var left: [Digest: [Int]] = [:]
    for (place, layer) in old.enumerated().reversed() { left[layer, default: []].append(place) }
    for (place, layer) in new.enumerated() {
      if left[layer]?.popLast() == nil { added.append(place) } else { kept.append(place) }
    }
    removed = left.values.joined().sorted()
  }
}
