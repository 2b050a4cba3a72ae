import History
import ImageModel
import Registry

/// Makes one poll: asks the registry, with the documents that are stored already at hand.
struct TagPoller: Sendable {
  let registry: RegistryClient
  let writer: HistoryWriter

  /// - Parameter probe: ask whether the registry answers at all if the tag is not found.
  func poll(_ job: PollJob, probe: Bool) async -> PollResult {
    let tag = job.entry.entry.tag
    do {
      let observation = try await registry.observe(
        tag, known: job.entry.known, selection: job.entry.entry.selection, stored: { try await writer.document($0) })
      switch observation {
      case .unchanged: return .unchanged
      case .found(let snapshot, let head): return .found(snapshot, head: head)
      }
    } catch {
      let answers = probe && error.code == .tagMissing ? await registry.isAnswering(tag.domain) : false
      return .failed(error, registryAnswers: answers)
    }
  }
}
