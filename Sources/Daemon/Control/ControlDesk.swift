import History
import ImageModel

/// Answers the requests of the control socket.
struct ControlDesk: Sendable {
  /// How long schedule and database may take to answer before the daemon counts as not ready.
  private static let healthSeconds = 5

  let heartbeat: Heartbeat
  let writer: HistoryWriter
  let deliveries: Deliveries

  func answer(_ request: ControlRequest) async throws(ControlError) -> JSONOutput {
    switch request {
    case .health: .members(["status": .string(try await health())])
    case .retry, .drop: try await change(request)
    }
  }

  /// The status line, once the owner of the schedule and the writer have answered.
  private func health() async throws(ControlError) -> String {
    let (answers, answer) = AsyncStream.makeStream(of: String?.self)
    // Not in a group: one that hangs could not be left behind.
    Task { answer.yield(await heartbeat.status()) }
    let deadline = Task {
      try await Task.sleep(for: .seconds(Self.healthSeconds))
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
        + "\(Self.healthSeconds) s: see its log")
  }

  private func change(_ request: ControlRequest) async throws(ControlError) -> JSONOutput {
    do {
      let outcome = try await writer.transaction { try DeliveryOutcome(request, in: $0) }
      await deliveries.changed(by: request)
      return outcome?.json ?? .null
    } catch let error as StoreError {
      throw ControlError(ExitCode(rawValue: error.exitCode) ?? .internalError, error.message)
    } catch {
      throw ControlError(.internalError, "changing deliveries failed (\(error)): report this")
    }
  }
}
