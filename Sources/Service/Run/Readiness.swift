import Control
import History
import ImageModel

/// Whether the service works: what `health` and `/-/ready` say.
struct Readiness: Sendable {
  let heartbeat: Heartbeat
  let writer: HistoryWriter

  /// How the service is doing, once the owner of the schedule and the writer have answered.
  ///
  /// - Parameter seconds: how long they may take before the service counts as not ready.
  /// - Throws: status 69 when they have not, or when nothing can be recorded.
  func look(within seconds: Int = 5) async throws(ControlError) -> Heartbeat.Look {
    guard writer.isInPlace else {
      throw ControlError(
        .unavailable,
        "the daemon lives, but its database was taken away or replaced (\(writer.path)): what it records ends with it")
    }
    let (answers, answer) = AsyncStream.makeStream(of: Heartbeat.Look?.self)
    // Not in a group: one that hangs could not be left behind.
    Task { answer.yield(await heartbeat.look()) }
    let deadline = Task {
      try await Task.sleep(for: .seconds(seconds))
      answer.yield(nil)
    }
    defer { deadline.cancel() }
    for await first in answers {
      guard let first else { break }
      if let refusal = first.refusal {
        throw ControlError(.unavailable, "the daemon lives, but cannot record anything (\(refusal.message))")
      }
      guard !first.hangs else {
        throw ControlError(.unavailable, "the daemon lives, but a check of a tag does not end: restart it")
      }
      return first
    }
    throw ControlError(
      .unavailable,
      "the daemon lives, but its schedule or its database has not answered within "
        + "\(seconds) s: see its log")
  }
}
