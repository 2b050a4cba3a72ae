package import History
package import ImageModel

extension StatusReport {
  /// How tags and sinks are doing. Source: docs/reference.md, status.
  package var json: JSONOutput {
    .members([
      "tags": .array(tags.map(\.json)), "repositories": .array(repositories.map(\.json)),
      "sinks": .array(sinks.map(\.json)), "daemon": daemon.json(problem),
      "database": .string(database), "registries": .array(registries.map(\.json)),
    ])
  }
}

extension RegistryStatus {
  /// What is not known is `null`.
  fileprivate var json: JSONOutput {
    .members([
      "name": .string(name), "credentials": .text(report?.credentials), "endpoint": .text(endpoint),
      "limit": report?.limit.map { .number($0) } ?? .null,
      "remaining": report?.remaining.map { .number($0) } ?? .null, "resets": .text(report?.resets),
    ])
  }
}

extension TagStatus {
  fileprivate var json: JSONOutput {
    .members([
      "tag": .text(record.tag),
      "state": .string(state.rawValue),
      "digest": .text(digest),
      "platforms": .array(
        platforms.map { image in
          .members([
            "platform": .text(image.platform), "found": .text(image.found), "manifest": .text(image.manifest),
            "image_id": .text(image.imageID), "artifact_type": .text(image.artifactType),
          ])
        }),
      "moved": record.state.moved.map { .members(["digest": .text($0.to.digest), "since": .text($0.since)]) } ?? .null,
      "missing_platforms": .array(missingPlatforms.map { .text($0) }),
      "last_checked": .text(record.state.lastChecked),
      "last_changed": .text(lastChanged),
      "next_check": .text(record.isWatched ? record.state.nextCheck : nil),
      "failing_since": .text(record.state.failingSince),
      "error": record.state.failure?.json ?? .null,
      "entry": .text(record.isGiven ? record.tag.repository : nil),
    ])
  }
}

extension RepositoryRecord {
  fileprivate var json: JSONOutput {
    .members([
      "repository": .text(repository),
      "state": .string(word.rawValue),
      "tags": .number(tags),
      "listed": state.listed.map { .number($0) } ?? .null,
      "fitting": state.fitting.map { .number($0) } ?? .null,
      "last_listed": .text(state.lastListed),
      "last_success": .text(state.lastSuccess),
      "next_listing": .text(state.nextListing),
      "failing_since": .text(state.failingSince),
      "error": state.failure?.json ?? .null,
    ])
  }
}

extension [SinkStatus] {
  /// How sinks are doing, as in `status`. Source: docs/reference.md, sinks list.
  package var answer: JSONOutput { .members(["sinks": .array(map(\.json))]) }
}

extension SinkStatus {
  fileprivate var json: JSONOutput {
    .members([
      "name": .string(name),
      "type": .string(type),
      "state": .string(state.rawValue),
      "waiting": .number(waiting),
      "failed": .number(failed),
      "oldest_waiting": .text(oldestWaiting),
      "failing_since": .text(failingSince),
      "next_attempt": .text(nextAttempt),
      "error": failure.map {
        .members(["code": .string($0.code.rawValue), "message": .string($0.message)])
      } ?? .null,
    ])
  }
}

extension DaemonState {
  /// What is not known of it is `null`; so is everything of none.
  fileprivate func json(_ problem: String?) -> JSONOutput {
    let (isRunning, daemon): (JSONOutput, DaemonRecord?) =
      switch self {
      case .running(let daemon): (.bool(true), daemon)
      case .absent: (.bool(false), nil)
      case .unknown: (.null, nil)
      }
    return .members([
      "running": isRunning,
      "pid": daemon.map { .number($0.pid) } ?? .null,
      "version": daemon.map { .string($0.version) } ?? .null,
      "configuration": daemon.map { .string($0.configuration) } ?? .null,
      "since": .text(daemon?.since),
      "problem": .text(problem),
    ])
  }
}
