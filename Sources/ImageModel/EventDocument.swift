extension ChangeEvent {
  /// The event's JSON document: at once a structured CloudEvents 1.0 event and a Standard Webhooks payload.
  /// One line, at most `Limits.eventBytes`; platform changes that do not fit are counted in
  /// `changes_omitted`.
  ///
  /// - Parameters:
  ///   - source: the URN of this database.
  ///   - sequence: rises by order of recording; printed with twelve digits.
  package func document(source: String, sequence: EventSequence) -> [UInt8] {
    var kept = changes.count
    while true {
      let bytes = envelope(source: source, sequence: sequence, keeping: kept).bytes
      if bytes.count <= Limits.eventBytes || kept == 0 { return bytes }
      kept = min(kept - 1, kept * Limits.eventBytes / bytes.count)
    }
  }

  /// A sequence as documents have it: twelve digits, more only where they are needed.
  package static func sequenceText(_ sequence: EventSequence) -> String {
    let digits = sequence.description
    return String(repeating: "0", count: max(0, 12 - digits.count)) + digits
  }

  private func envelope(source: String, sequence: EventSequence, keeping kept: Int) -> JSONOutput {
    .members([
      "specversion": "1.0",
      "id": .string(id),
      "source": .string(source),
      "type": .string(type.rawValue),
      "subject": .text(tag),
      "time": .text(time),
      "timestamp": .text(time),
      "datacontenttype": "application/json",
      "sequence": .string(Self.sequenceText(sequence)),
      "data": data(keeping: kept),
    ])
  }

  private func data(keeping kept: Int) -> JSONOutput {
    typealias Member = JSONOutput.Member
    var members: [Member] = [
      Member("schema", 1),
      Member("summary", .string(EventSummary(event: self).text)),
      Member("registry", .string(tag.domain)),
      Member("repository", .string(tag.path)),
      Member("tag", .string(tag.tag)),
      Member("image", .string(tag.familiar)),
      Member("digest", .text(current?.digest)),
      Member("media_type", .text(current?.mediaType)),
      Member("pull", .text(current.map { tag.pull($0.digest) })),
      Member("previous", previous?.json ?? .null),
      Member("changes", .array(changes.prefix(kept).map(\.json))),
    ]
    if kept < changes.count { members.append(Member("changes_omitted", .number(changes.count - kept))) }
    members += [
      Member("rollback", rollback.map { .array($0.prefix(kept).map(\.json)) } ?? .null),
      Member("window", .members(["not_before": .text(notBefore), "not_after": .text(notAfter)])),
    ]
    if let failure {
      members.append(Member("error", failure.json))
    }
    if let failingSince { members.append(Member("failing_since", .text(failingSince))) }
    if let flaps { members.append(Member("flaps", .number(flaps))) }
    if let entry { members.append(Member("entry", .text(entry))) }
    if !also.isEmpty { members.append(Member("also", .array(also.map { .text($0) }))) }
    members.append(
      Member("labels", .object(labels.sorted { $0.key < $1.key }.map { Member($0.key, .string($0.value)) })))
    return .object(members)
  }
}

extension CheckFailure {
  /// `{"code":…,"message":…}`.
  package var json: JSONOutput { .members(["code": .string(code.rawValue), "message": .string(message)]) }
}

extension ChangeEvent.PreviousState {
  var json: JSONOutput {
    .members([
      "digest": .text(digest), "media_type": .text(mediaType), "first_seen": .text(firstSeen),
      "last_seen": .text(lastSeen),
    ])
  }
}

extension ChangeEvent.Rollback {
  var json: JSONOutput {
    .members([
      "platform": .text(platform), "image_id": .text(imageID), "last_current": .text(lastCurrent),
      "digest": .text(digest),
    ])
  }
}

extension PlatformChange {
  var json: JSONOutput {
    .members([
      "platform": .text(platform),
      "class": .string(changeClass.rawValue),
      "previous": previous?.json ?? .null,
      "current": current?.json ?? .null,
      "layers": layers.map {
        .members(["kept": .number($0.kept), "added": .number($0.added), "removed": .number($0.removed)])
      } ?? .null,
    ])
  }
}

extension PlatformChange.ImageState {
  var json: JSONOutput {
    let members: [JSONOutput.Member] = [
      .init("manifest", .text(manifest)), .init("image_id", .text(imageID)), .init("created", .text(created)),
    ]
    return .object(members + (found.map { [.init("found", .text($0))] } ?? []))
  }
}
