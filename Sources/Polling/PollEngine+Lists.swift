/// Lists of repositories' tags, beside the polls.
extension PollEngine {
  func start(_ job: ListJob) {
    workers.start(job.began) { stopwatch in
      Task.detached(executorPreference: executor) { [list] in
        await self.finished(job, await list(job))
        await self.ended(stopwatch)
      }
    }
  }

  private func finished(_ job: ListJob, _ result: ListResult) {
    running -= 1
    defer { if isStopped { resumeIfIdle() } else { pump(clock()) } }
    if isStopped, result.isFailure { return }
    let now = clock()
    let result =
      Task.isCancelled && result.isFailure
      ? ListResult(.failure(PollWorkers.listFailure), spending: result.spending) : result
    guard var request = core.finished(job, result, at: now) else { return }
    request.answers = answers(job.index, result, at: now)
    lists.append(request)
    startCommit()
  }

  func take(_ records: [ListRecord]) {
    for record in records {
      waiters.fail(core.recorded(record, at: clock()), CheckInterruption.reloaded)
      listWaiters.settle(record.request.answers, record.request.index, record.unlisted)
    }
    onProgress(.listed(records))
  }
}
