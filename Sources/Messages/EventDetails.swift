package import ImageModel
import StrictJSON

/// What people are shown of an event's document.
package struct EventDetails: Sendable {
  package let sequence: EventSequence
  package let time: Timestamp
  package let type: EventType
  /// `nil` of a group.
  package let tag: TagReference?
  /// What the tag names now and named before, and what pulls it now.
  package let digest: String?
  package let previousDigest: String?
  package let pull: String?
  package let changes: [PlatformChange]
  /// Of a group; `nil` for an event that is none.
  package let events: [EventDetails]?
  /// Changes that did not fit the document.
  package let omitted: Int
  /// When the images that came back had been current last, each time once.
  package let rollbacks: [Timestamp]
  /// After the first and up to the second it happened.
  package let notBefore: Timestamp?
  package let notAfter: Timestamp?
  /// Tags that moved with it.
  package let also: [String]
  package let failure: CheckFailure?
  package let failingSince: Timestamp?
  /// Moves that were not announced.
  package let flaps: Int
  package let labels: [String: String]
  package let summary: String

  static let limits = JSONLimits(bytes: Limits.groupedEventBytes, values: Limits.groupedEventBytes)

  /// - Returns: `nil` for what is no event's document: where a member is there and is not what it should be, too.
  package init?(_ body: [UInt8]) {
    guard let document = try? StrictJSON.parse(body, limits: Self.limits) else { return nil }
    self.init(document)
  }

  init?(_ document: JSONValue) {
    guard let data = document["data"], data.object != nil,
      let sequence = document["sequence"]?.string.flatMap({ Int64($0) }),
      let time = document["time"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
      let type = document["type"]?.string.flatMap(EventType.init)
    else { return nil }
    (self.sequence, self.time, self.type) = (EventSequence(rawValue: sequence), time, type)
    tag = TagReference(data)
    do {
      digest = try data.member("digest", \.string)
      previousDigest = try data.member("previous") { $0["digest"]?.string }
      pull = try data.member("pull", \.string)
      changes = try data.member("changes") { $0.array?.compactMap { PlatformChange($0) } } ?? []
      events = try data.member("events") { $0.array?.compactMap { EventDetails($0) } }
      omitted = try data.member("changes_omitted") { $0.integer.map { Int($0) } } ?? 0
      rollbacks =
        try data.member("rollback") { rollback in
          let times = rollback.array?.compactMap { $0["last_current"]?.string.flatMap { Timestamp(rfc3339: $0) } }
          return times.map { Set($0).sorted() }
        } ?? []
      notBefore = try data["window"]?.member("not_before", \.timestamp)
      notAfter = try data["window"]?.member("not_after", \.timestamp)
      also = try data.member("also") { $0.array?.compactMap(\.string) } ?? []
      failure = try data.member("error") { CheckFailure($0) }
      failingSince = try data.member("failing_since", \.timestamp)
      flaps = try data.member("flaps") { $0.integer.map { Int($0) } } ?? 0
      labels = try data.member("labels") { $0.object.map(Self.texts) } ?? [:]
      summary = try data.member("summary", \.string) ?? ""
    } catch {
      return nil
    }
  }

  private static func texts(_ members: [JSONMember]) -> [String: String] {
    Dictionary(members.compactMap { member in member.value.string.map { (member.key, $0) } }) { $1 }
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
  fileprivate var timestamp: Timestamp? { string.flatMap { Timestamp(rfc3339: $0) } }

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
