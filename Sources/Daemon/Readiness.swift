import ImageModel

/// Whether the service works: what `health` and `/-/ready` say.
struct Readiness: Sendable {
  /// How long schedule and database may take to answer before the service counts as not ready.
  private static let seconds = 5

  let heartbeat: Heartbeat

  /// The status line, once the owner of the schedule and the writer have answered.
  func status() async throws(ControlError) -> String {
    let (answers, answer) = AsyncStream.makeStream(of: String?.self)
    // Not in a group: one that hangs could not be left behind.
    Task { answer.yield(await heartbeat.status()) }
    let deadline = Task {
      try await Task.sleep(for: .seconds(Self.seconds))
      answer.yield(nil)
    }
    defer { deadline.cancel() }
    for await first in answers {
      if let first { return first }
      break
    }
    throw ControlError(
      .unavailable,
      "the daemon lives, but its schedule or its database has not answered within "
        + "\(Self.seconds) s: see its log")
  }
}
