/// How long a sink rests after failures: 1 s, doubling, to 60 s. These sinks are local, and whatever is wrong
/// with them (a full disk, a reader that went away) is put right from outside at any moment.
enum RetryDelay {
  /// - Parameter failures: failures in a row, 1 after the first.
  static func after(failures: Int) -> Duration {
    .seconds(min(60, 1 << max(0, min(failures - 1, 6))))
  }
}
