import ImageModel
import Registry

/// What one poll of a tag came to.
enum PollResult: Sendable {
  /// HEAD gave the digest that is already verified.
  case unchanged
  case found(TagSnapshot, head: Digest?)
  /// `registryAnswers` tells a missing tag from a registry that answers 404 to everything.
  case failed(CheckFailure, registryAnswers: Bool)
}

/// A poll to be made.
struct PollJob: Sendable {
  let slot: Int
  let tag: TagReference
  let known: KnownTag
  let selection: PlatformSelection
  /// Ask whether the registry answers at all if the tag is not found: the answer may prove a deletion.
  let wantsProbe: Bool
}
