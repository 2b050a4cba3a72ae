import FoundationEssentials
import ImageModel

/// What text shows of an event's document.
struct EventDetails: Decodable {
  private struct Image: Decodable {
    let manifest: String
    let image_id: String?
    let created: String?
  }

  private struct Change: Decodable {
    let platform: String?
    let `class`: String
    let previous: Image?
    let current: Image?
  }

  private struct Problem: Decodable {
    let code: String
    let message: String
  }

  private struct Content: Decodable {
    /// Not in groups.
    let changes: [Change]?
    /// In groups alone.
    let events: [Nothing]?
    let changes_omitted: Int?
    let rollback: [Nothing]?
    let error: Problem?
    let failing_since: String?
    let flaps: Int?
  }

  private struct Nothing: Decodable {}

  private let data: Content

  /// - Throws: status 65 for what is no event's document: it was frozen as one.
  init(_ body: [UInt8], sequence: Int64) throws(CommandError) {
    do {
      self = try JSONDecoder().decode(EventDetails.self, from: Data(body))
    } catch {
      throw CommandError(
        .data,
        "the document of an event cannot be read (sequence \(sequence)): the database is damaged; "
          + "restore a backup")
    }
  }

  var changes: [PlatformChange] {
    (data.changes ?? []).compactMap { change in
      ChangeClass(rawValue: change.class).map {
        PlatformChange(
          platform: change.platform.flatMap(Platform.init), changeClass: $0, previous: Self.state(change.previous),
          current: Self.state(change.current), layers: nil)
      }
    }
  }

  /// How many events a group holds; `nil` for an event that is none.
  var grouped: Int? { data.events?.count }
  /// Changes that did not fit the document.
  var omitted: Int { data.changes_omitted ?? 0 }
  var isRollback: Bool { data.rollback?.isEmpty == false }
  var failure: CheckFailure? {
    data.error.flatMap { error in CheckFailure.Code(rawValue: error.code).map { CheckFailure($0, error.message) } }
  }
  var failingSince: Timestamp? { data.failing_since.flatMap { Timestamp(rfc3339: $0) } }
  /// Moves that were not announced.
  var flaps: Int { data.flaps ?? 0 }

  private static func state(_ image: Image?) -> PlatformChange.ImageState? {
    guard let image, let manifest = try? Digest(image.manifest) else { return nil }
    return .init(manifest: manifest, imageID: image.image_id.flatMap { try? Digest($0) }, created: image.created)
  }
}
