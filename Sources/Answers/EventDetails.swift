package import ImageModel
import StrictJSON

/// What text shows of an event's document.
package struct EventDetails {
  package let sequence: EventSequence
  package let time: Timestamp
  package let type: EventType
  /// `nil` of a group.
  package let tag: TagReference?
  package let changes: [PlatformChange]
  /// How many events a group holds; `nil` for an event that is none.
  package let grouped: Int?
  /// Changes that did not fit the document.
  package let omitted: Int
  package let isRollback: Bool
  package let failure: CheckFailure?
  package let failingSince: Timestamp?
  /// Moves that were not announced.
  package let flaps: Int

  private static let limits = JSONLimits(bytes: Limits.groupedEventBytes, values: Limits.groupedEventBytes)

  /// - Returns: `nil` for what is no event's document: where a member is there and is not what it should be, too.
  package init?(_ body: [UInt8]) {
    guard let document = try? StrictJSON.parse(body, limits: Self.limits), let data = document["data"],
      data.object != nil,
      let sequence = document["sequence"]?.string.flatMap({ Int64($0) }),
      let time = document["time"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
      let type = document["type"]?.string.flatMap(EventType.init)
    else { return nil }
    (self.sequence, self.time, self.type) = (EventSequence(rawValue: sequence), time, type)
    tag = TagReference(data)
    do {
      changes = try data.member("changes") { $0.array?.compactMap { PlatformChange($0) } } ?? []
      grouped = try data.member("events") { $0.array?.count }
      omitted = try data.member("changes_omitted") { $0.integer.map { Int($0) } } ?? 0
      isRollback = try data.member("rollback") { $0.array?.isEmpty == false } ?? false
      failure = try data.member("error") { CheckFailure($0) }
      failingSince = try data.member("failing_since") { $0.string.map { Timestamp(rfc3339: $0) } } ?? nil
      flaps = try data.member("flaps") { $0.integer.map { Int($0) } } ?? 0
    } catch {
      return nil
    }
  }
}

extension EventDetails {
  /// What an event's document says in one sentence, that of a test as well.
  package static func summary(_ body: [UInt8]) -> String? {
    (try? StrictJSON.parse(body, limits: limits))?["data"]?["summary"]?.string
  }
}

private struct Misshapen: Error {}

extension JSONValue {
  /// - Returns: `nil` where the member is not there, or `null`.
  /// - Throws: where `read` makes nothing of it.
  fileprivate func member<T>(_ key: String, _ read: (JSONValue) -> T?) throws(Misshapen) -> T? {
    guard let value = self[key], !value.isNull else { return nil }
    guard let member = read(value) else { throw Misshapen() }
    return member
  }
}

extension TagReference {
  fileprivate init?(_ data: JSONValue) {
    guard let domain = data["registry"]?.string, let path = data["repository"]?.string, let tag = data["tag"]?.string
    else { return nil }
    self.init(domain: domain, path: path, tag: tag)
  }
}

extension CheckFailure {
  fileprivate init?(_ json: JSONValue) {
    guard let code = json["code"]?.string.flatMap(Code.init), let message = json["message"]?.string else { return nil }
    self.init(code, message)
  }
}

extension PlatformChange {
  fileprivate init?(_ json: JSONValue) {
    guard let changeClass = json["class"]?.string.flatMap(ChangeClass.init) else { return nil }
    self.init(
      platform: json["platform"]?.string.flatMap { Platform($0) }, changeClass: changeClass,
      previous: json["previous"].flatMap { ImageState($0) }, current: json["current"].flatMap { ImageState($0) },
      layers: nil)
  }
}

extension PlatformChange.ImageState {
  fileprivate init?(_ json: JSONValue) {
    guard let manifest = json["manifest"]?.string.flatMap({ try? Digest($0) }) else { return nil }
    self.init(
      manifest: manifest, imageID: json["image_id"]?.string.flatMap { try? Digest($0) },
      created: json["created"]?.string, found: json["found"]?.string.flatMap { Platform($0) })
  }
}
