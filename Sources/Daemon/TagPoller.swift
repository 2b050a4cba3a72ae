import History
import ImageModel
import Registry

/// Makes one poll: asks the registry, with the documents that are stored already at hand.
struct TagPoller: Sendable {
  let registry: RegistryClient
  let writer: HistoryWriter

  func poll(_ job: PollJob) async -> PollResult {
    do {
      let observation = try await registry.observe(
        job.tag, known: job.known, selection: job.selection, stored: { try await writer.document($0) })
      switch observation {
      case .unchanged: return .unchanged
      case .found(let snapshot, let head, let age): return .found(snapshot, head: head, ageMilliseconds: age)
      }
    } catch {
      let answers = job.wantsProbe && error.code == .tagMissing ? await registry.isAnswering(job.tag.domain) : false
      return .failed(error, registryAnswers: answers)
    }
  }
}
