package import History
import ImageModel
package import Registry

/// Makes one poll: asks the registry, with the documents that are stored already at hand.
package struct TagPoller: Sendable {
  let registry: RegistryClient
  let writer: HistoryWriter

  package init(registry: RegistryClient, writer: HistoryWriter) {
    self.registry = registry
    self.writer = writer
  }

  package func poll(_ job: PollJob) async -> PollResult {
    var known = job.known
    if known.mustWalk || known.mustVerify { known.states = await states(of: job.tag) }
    do {
      return .observed(
        try await registry.observe(
          job.tag, known: known, selection: job.selection, stored: { try await writer.document($0) }))
    } catch {
      let answers = job.wantsProbe && error.code == .tagMissing ? await registry.isAnswering(job.tag.domain) : false
      return .failed(error, registryAnswers: answers)
    }
  }

  /// None where the store cannot be read: that costs what it would have told, not the poll.
  private func states(of tag: TagReference) async -> [Digest] {
    (try? await writer.states(of: tag, limit: Limits.comparedStates)) ?? []
  }
}
