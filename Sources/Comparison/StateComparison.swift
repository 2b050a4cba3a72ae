import Drift
import ImageModel

/// Two states of a tag, or of two tags, side by side: what became of each platform.
package struct StateComparison: Hashable, Sendable {
  /// In the order of the newer state, and then those that it has not.
  package let differences: [ImageDifference]

  /// - Parameter areSingle: neither has an index.
  package init(from old: [ComparedImage], to new: [ComparedImage], areSingle: Bool) {
    let pairing = ImagePairing(old.map(\.image), new.map(\.image), areSingle: areSingle)
    differences =
      zip(new, pairing.partner).map { image, partner in ImageDifference(from: partner.map { old[$0] }, to: image) }
      + pairing.unpairedOld.map { ImageDifference(from: old[$0], to: nil) }
  }
}
