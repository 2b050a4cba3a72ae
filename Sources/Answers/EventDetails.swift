package import ImageModel
import StrictJSON

/// What text shows of an event's document.
package struct EventDetails {
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

  /// - Returns: `nil` for what is no event's document.
  package init?(_ body: [UInt8]) {
    let limits = JSONLimits(bytes: Limits.groupedEventBytes, values: Limits.groupedEventBytes)
    guard let data = (try? StrictJSON.parse(body, limits: limits))?["data"], data.object != nil else { return nil }
    changes = (data["changes"]?.array ?? []).compactMap { PlatformChange($0) }
    grouped = data["events"]?.array?.count
    omitted = data["changes_omitted"]?.integer.map { Int($0) } ?? 0
    isRollback = data["rollback"]?.array?.isEmpty == false
    failure = data["error"].flatMap { error in
      guard let code = error["code"]?.string.flatMap(CheckFailure.Code.init), let message = error["message"]?.string
      else { return nil }
      return CheckFailure(code, message)
    }
    failingSince = data["failing_since"]?.string.flatMap { Timestamp(rfc3339: $0) }
    flaps = data["flaps"]?.integer.map { Int($0) } ?? 0
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
      created: json["created"]?.string)
  }
}
