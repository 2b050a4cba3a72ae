import Control
import History
import ImageModel
import Polling

/// Answers the requests of the control socket.
struct ControlHandler: Sendable {
  let readiness: Readiness
  let writer: HistoryWriter
  let deliveries: SinkSupervisor
  /// Polls tags, or the watchlist where it is `nil`.
  let check: @Sendable ([TagReference]?, ControlProgress) async throws -> CheckReport
  let prune: @Sendable () async throws -> Pruned
  /// Polls what is watched of images, and says of each hint how many tags that are.
  let hint: @Sendable ([Set<HintedImage>]) async -> [Int]

  func answer(_ request: ControlRequest, _ progress: ControlProgress) async throws(ControlError) -> ControlReply {
    do {
      switch request {
      case .check(let tags): return ControlReply(try await check(tags, progress))
      case .health:
        let look = try await readiness.look()
        return ControlReply(.members(["status": .string(look.line), "remark": .text(look.remark)]))
      case .prune:
        // May take longer than a peer bears silence.
        progress.set(0, of: 1)
        return ControlReply(try await prune().reply)
      case .hint(let tags):
        let counts = await hint(tags.map { [HintedImage($0)] })
        let unwatched = zip(tags, counts).filter { $0.1 == 0 }.map { JSONOutput.text($0.0) }
        return ControlReply(
          .members(["watched": .number(tags.count - unwatched.count), "unwatched": .array(unwatched)]))
      case .forget(let tag):
        progress.set(0, of: 1)
        return ControlReply(try await forget(tag).reply)
      case .retry, .drop: return ControlReply(try await change(request))
      }
    } catch let error as ControlError {
      throw error
    } catch let error as StoreError {
      throw ControlError(error.exitCode, error.message)
    } catch let error as CheckInterruption {
      throw ControlError(error, database: writer.path)
    } catch is CancellationError {
      throw ControlError(.unavailable, "the client did not take what it was sent: the request was given up, try again")
    } catch {
      throw ControlError(.internalError, "the request failed (\(error)): report this")
    }
  }

  private func forget(_ tag: TagReference) async throws -> Forgotten {
    do {
      if let forgotten = try await Forgetting.run(tag, writer) { return forgotten }
    } catch let error as TagInUse {
      throw ControlError(.usage, error.message(tag, database: writer.path))
    }
    throw ControlError(.notFound, "nothing is known of this tag (\(tag) in \(writer.path)): it is forgotten already")
  }

  private func change(_ request: ControlRequest) async throws -> JSONOutput {
    let outcome = try await writer.transaction { try DeliveryOutcome(request, in: $0) }
    await deliveries.readAgain { outcome?.hurried.contains($0) ?? false }
    return outcome?.json ?? .null
  }
}

extension ControlError {
  fileprivate init(_ interruption: CheckInterruption, database: String) {
    switch interruption {
    case .stopping: self.init(.unavailable, "the daemon stops (\(database)): check again when it runs")
    case .reloaded:
      self.init(
        .unavailable,
        "a reload or a list of tags has added or removed a tag that was being checked (\(database)): check again")
    }
  }
}
