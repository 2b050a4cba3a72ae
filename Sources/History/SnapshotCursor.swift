import GRDB
import ImageModel

/// The states of a tag with their images, one after the other, each read when it is asked for. Valid as long as the
/// access to the database is; one at a time per order.
struct SnapshotCursor {
  enum Order {
    /// The oldest first, from this one on.
    case upward(from: SnapshotID)
    /// The newest first, from this one on.
    case downward(from: SnapshotID)
  }

  /// A row per image, or one for a state without any.
  private let rows: RowCursor
  /// The first row of the next state.
  private var row: Row?
  private let texts: ParsedTexts
  /// Of the state that came last; `nil` where no event told of it.
  private(set) var beginning: Beginning?

  /// The event that told of a state.
  struct Beginning {
    let event: String
    let sequence: EventSequence
  }

  init(_ db: Database, tag: TagID, _ order: Order, _ texts: ParsedTexts = ParsedTexts()) throws {
    let (from, terms) =
      switch order {
      case .upward(let from): (from, "AND s.id >= ? ORDER BY s.id, p.position")
      case .downward(let from): (from, "AND s.id <= ? ORDER BY s.id DESC, p.position")
      }
    let statement = try db.cachedStatement(sql: "\(SnapshotRow.selectWithImages) \(terms)")
    rows = try Row.fetchCursor(statement, arguments: [tag, from])
    row = try rows.next()
    self.texts = texts
  }

  mutating func next() throws -> StoredSnapshot? {
    guard let first = row else { return nil }
    // All of it at once: asking for the next row takes its place.
    let snapshot = try SnapshotRow.snapshot(first, images: [])
    beginning = try first.optionalText(SnapshotRow.eventColumn).map { event in
      Beginning(event: event, sequence: try first.id(SnapshotRow.eventColumn + 1))
    }
    var images: [StoredImage] = []
    while let image = row, try image.id(0) == snapshot.id {
      if try image.optionalInteger(SnapshotRow.positionColumn) != nil {
        images.append(try SnapshotRow.image(image, from: SnapshotRow.imageColumn, texts))
      }
      row = try rows.next()
    }
    return snapshot.with(images)
  }
}
