package import History
package import ImageModel
package import Registry
import Schedule

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
    let meter = RequestMeter()
    let outcome: PollResult.Outcome
    do {
      outcome = .observed(
        try await registry.observe(
          job.tag, known: known, selection: job.selection, stored: { try await writer.document($0) }, meter: meter,
          first: job.first))
    } catch {
      let answers = job.wantsProbe && error.code == .tagMissing ? await registry.isAnswering(job.tag.domain) : false
      outcome = .failed(error, registryAnswers: answers)
    }
    return PollResult(outcome, spending: PollSpending(requests: meter.requests, account: meter.account))
  }

  /// Looks at many tags at a time.
  ///
  /// - Returns: the indexes of those that need more than a glance.
  package func glance(_ jobs: [PollJob], for watch: GlanceWatch) -> [Int] {
    registry.glance(
      jobs.compactMap { job in job.known.headDigest.map { RegistryClient.GlancedTag(job.index, job.tag, $0) } },
      for: watch)
  }

  /// What registries have shown of themselves.
  package func reports(at now: Moment) -> [RegistryReport] { registry.reports(wall: now.wall(at:)) }

  package func list(_ job: ListJob) async -> ListResult {
    let meter = RequestMeter()
    let outcome: Result<TagListing, CheckFailure>
    do { outcome = .success(try await registry.list(job.wanted, meter: meter)) } catch { outcome = .failure(error) }
    return ListResult(outcome, spending: PollSpending(requests: meter.requests, account: meter.account))
  }

  /// None where the store cannot be read: that costs what it would have told, not the poll.
  private func states(of tag: TagReference) async -> [Digest] {
    (try? await writer.states(of: tag, limit: Limits.comparedStates)) ?? []
  }
}
