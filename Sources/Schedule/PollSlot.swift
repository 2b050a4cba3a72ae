import ImageModel

/// What the plan keeps of one tag: 32 bytes, for a million of them must fit.
struct PollSlot: Sendable {
  enum State: UInt8, Sendable {
    case absent
    /// In its registry's queue.
    case waiting
    case inFlight
    /// Removed while its poll is under way; the registry's slot stays taken until that is over.
    case leaving
  }

  var due = BootTime(milliseconds: 0)
  /// Matches the tag's live queue entry.
  var ticket: UInt32 = 0
  var hash: UInt32 = 0
  var intervalSeconds: UInt32 = 0
  var registry: UInt32 = 0
  /// Who asked last, among the registry's accounts.
  var account: UInt16 = 0
  /// Failures in a row, no more than can matter.
  var failures: UInt8 = 0
  var state: State = .absent

  /// Milliseconds.
  var interval: Int64 { Int64(intervalSeconds) * 1000 }
}
