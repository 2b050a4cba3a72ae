import History

extension PollEngine {
  /// What a new configuration changes.
  struct Change: Sendable {
    let watchlist: Watchlist
    let register: Store.Registration
    let recorder: Recorder
    /// Swaps what is outside the engine, in the same step.
    let onApplied: @Sendable () -> Void
  }

  enum Progress: Sendable {
    case recorded([Record])
    /// The store refused; nothing more will be recorded.
    case failed(StoreError)
  }

  struct Load: Sendable {
    /// Tags that are watched, and of how many the last check failed.
    let tags: Int
    let failing: Int
    /// Why nothing can be recorded now.
    var refusal: StoreError?
    /// A poll was cut off some time ago and has not come back.
    var hangs = false
  }
}
