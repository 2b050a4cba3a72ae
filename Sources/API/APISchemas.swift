import History
import ImageModel

/// The documents that are answered with. What their members mean says docs/reference.md.
enum APISchemas {
  static let all: KeyValuePairs<String, JSONOutput> = [
    "Problem": problem, "Status": status, "WatchedTag": watchedTag, "Repository": repository, "Sink": sink,
    "Failure": failure, "History": history, "Entry": entry, "Matches": matches, "Diff": diff, "ComparedImage": compared,
    "Layers": layers, "Event": event,
  ]

  private static let problem = Schema.object([
    "type": Schema.string, "title": Schema.string, "status": Schema.integer, "detail": Schema.string,
  ])

  private static let failure = Schema.object(["code": Schema.string, "message": Schema.string])
  private static let failureOrNull = Schema.orNull(Schema.reference("Failure"))
  private static let text = Schema.orNull(Schema.string)
  private static let number = Schema.orNull(Schema.integer)
  private static let time = Schema.orNull(Schema.time)
  private static let digest = Schema.orNull(Schema.digest)

  // MARK: status

  private static let status = Schema.object([
    "tags": Schema.array(Schema.reference("WatchedTag")),
    "repositories": Schema.array(Schema.reference("Repository")),
    "sinks": Schema.array(Schema.reference("Sink")),
    "daemon": Schema.object([
      "running": Schema.orNull(Schema.flag), "pid": number, "version": text, "configuration": text, "since": time,
      "problem": text,
    ]),
    "database": Schema.string,
    "registries": Schema.array(
      Schema.object([
        "name": Schema.string, "credentials": text, "endpoint": text, "limit": number, "remaining": number,
        "resets": time,
      ])),
  ])

  private static let watchedTag = Schema.object([
    "tag": Schema.string, "state": Schema.words(TagStatus.State.allCases.map(\.rawValue)), "digest": digest,
    "platforms": Schema.array(
      Schema.object([
        "platform": text, "found": text, "manifest": Schema.digest, "image_id": digest, "artifact_type": text,
      ])),
    "moved": Schema.orNull(Schema.object(["digest": Schema.digest, "since": Schema.time])),
    "missing_platforms": Schema.array(Schema.string), "last_checked": time, "last_changed": time, "next_check": time,
    "failing_since": time, "error": failureOrNull, "entry": text,
  ])

  private static let repository = Schema.object([
    "repository": Schema.string, "state": Schema.words(RepositoryRecord.Word.allCases.map(\.rawValue)),
    "tags": Schema.integer, "listed": number, "fitting": number, "last_listed": time, "last_success": time,
    "next_listing": time, "failing_since": time, "error": failureOrNull,
  ])

  private static let sink = Schema.object([
    "name": Schema.string, "type": Schema.string, "state": Schema.words(SinkState.allCases.map(\.rawValue)),
    "waiting": Schema.integer, "failed": Schema.integer, "oldest_waiting": time, "failing_since": time,
    "next_attempt": time, "error": failureOrNull,
  ])

  // MARK: history

  private static let history = Schema.object([
    "tag": Schema.string, "entries": Schema.array(Schema.reference("Entry")),
  ])

  private static let entry = Schema.object([
    "first_seen": Schema.time, "last_seen": Schema.time, "current": Schema.flag,
    "ended": Schema.orNull(Schema.words(["changed", "deleted"])), "digest": Schema.digest,
    "media_type": Schema.string, "pull": Schema.string, "event": text,
    "platforms": Schema.array(
      Schema.object([
        "platform": text, "manifest": Schema.digest, "image_id": digest, "created": text, "class": text,
        "rollback": Schema.orNull(Schema.object(["last_current": Schema.time, "digest": Schema.digest])),
      ])),
    "removed": Schema.array(Schema.object(["platform": text, "manifest": Schema.digest, "image_id": digest])),
    "also": Schema.array(Schema.string),
    "gaps": Schema.array(Schema.object(["from": Schema.time, "to": Schema.time])),
  ])

  // MARK: which

  private static let matches = Schema.object([
    "matches": Schema.array(
      Schema.object([
        "kind": Schema.words(DigestKind.allCases.map(\.rawValue)), "digest": Schema.digest, "tag": Schema.string,
        "platform": text, "first_seen": Schema.time, "last_seen": Schema.time, "current": Schema.flag,
        "moved": Schema.orNull(Schema.object(["digest": Schema.digest, "since": Schema.time])),
        "pull": Schema.string, "pull_exact": text,
      ]))
  ])

  // MARK: diff

  private static let side = Schema.object(["tag": Schema.string, "first_seen": time, "digest": Schema.digest])

  private static let diff = Schema.object([
    "tag": Schema.string, "from": side, "to": side,
    "platforms": Schema.array(
      Schema.object([
        "platform": text, "from": Schema.orNull(Schema.reference("ComparedImage")),
        "to": Schema.orNull(Schema.reference("ComparedImage")), "class": text,
        "layers": Schema.orNull(
          Schema.object([
            "kept": Schema.reference("Layers"), "added": Schema.reference("Layers"),
            "removed": Schema.reference("Layers"),
          ])),
        "size": Schema.object(["from": number, "to": number]),
        "config": Schema.array(Schema.object(["field": Schema.string, "from": Schema.any, "to": Schema.any])),
        "only_build_time": Schema.orNull(Schema.flag), "link": text, "unknown": Schema.array(Schema.string),
      ])),
  ])

  private static let compared = Schema.object(["manifest": Schema.digest, "image_id": digest, "created": text])

  private static let layers = Schema.array(Schema.object(["digest": Schema.digest, "size": number]))

  // MARK: events

  /// What `data` holds depends on the type.
  private static let event = Schema.object([
    "specversion": Schema.words(["1.0"]), "id": Schema.string, "source": Schema.string, "type": Schema.string,
    "time": Schema.time, "datacontenttype": Schema.words(["application/json"]),
    "sequence": .members(["type": "string", "pattern": "^[0-9]{12,}$"]), "data": .members(["type": "object"]),
  ])
}
