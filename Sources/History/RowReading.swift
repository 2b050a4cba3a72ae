import Compression
import FoundationEssentials
import GRDB
package import ImageModel

/// A row whose columns are read by position.
protocol ColumnReading {
  /// What is there, whatever that is.
  func stored(_ column: Int) -> DatabaseValue.Storage
}

extension Row: ColumnReading {
  func stored(_ column: Int) -> DatabaseValue.Storage { (self[column] as Column?)?.storage ?? .null }
}

/// Checks what is there: a damaged file can hold anything in any column, and GRDB's own conversions would end the
/// process.
extension ColumnReading {
  func integer(_ column: Int) throws(ColumnError) -> Int64 {
    guard case .int64(let value) = stored(column) else { throw ColumnError(column: column) }
    return value
  }

  func id<ID: RowID>(_ column: Int) throws(ColumnError) -> ID { ID(rawValue: try integer(column)) }

  func optionalID<ID: RowID>(_ column: Int) throws(ColumnError) -> ID? {
    guard let value = try optionalInteger(column) else { return nil }
    return ID(rawValue: value)
  }

  func optionalInteger(_ column: Int) throws(ColumnError) -> Int64? {
    switch stored(column) {
    case .null: return nil
    case .int64(let value): return value
    default: throw ColumnError(column: column)
    }
  }

  func text(_ column: Int) throws(ColumnError) -> String {
    guard case .string(let value) = stored(column) else { throw ColumnError(column: column) }
    return value
  }

  func optionalText(_ column: Int) throws(ColumnError) -> String? {
    switch stored(column) {
    case .null: return nil
    case .string(let value): return value
    default: throw ColumnError(column: column)
    }
  }

  /// What is in a frame (`StoredFrame`).
  ///
  /// - Throws: `FrameError`, `ColumnError`.
  func framed(_ column: Int) throws -> [UInt8] {
    guard case .blob(let frame) = stored(column) else { throw ColumnError(column: column) }
    return try StoredFrame.bytes(frame)
  }

  /// The document of an event.
  func event(_ column: Int, _ sequence: EventSequence) throws -> [UInt8] {
    do {
      return try framed(column)
    } catch let error as FrameError {
      throw StoreError.damaged("event \(sequence) cannot be read: \(error)")
    }
  }

  func time(_ column: Int) throws(ColumnError) -> Timestamp {
    Timestamp(milliseconds: try integer(column))
  }

  func optionalTime(_ column: Int) throws(ColumnError) -> Timestamp? {
    try optionalInteger(column).map(Timestamp.init(milliseconds:))
  }

  func digest(_ column: Int) throws(ColumnError) -> Digest {
    guard let value = try? Digest(text(column)) else { throw ColumnError(column: column) }
    return value
  }

  func optionalDigest(_ column: Int) throws(ColumnError) -> Digest? {
    try optionalText(column) == nil ? nil : digest(column)
  }

  func optionalPlatform(_ column: Int, _ texts: ParsedTexts) throws(ColumnError) -> Platform? {
    guard let text = try optionalText(column) else { return nil }
    guard let value = texts.platform(text) else { throw ColumnError(column: column) }
    return value
  }

  func optionalSelection(_ column: Int, _ texts: ParsedTexts) throws(ColumnError) -> PlatformSelection? {
    guard let text = try optionalText(column) else { return nil }
    guard let value = texts.selection(text) else { throw ColumnError(column: column) }
    return value
  }

  func named<Name: RawRepresentable<String>>(_ column: Int, _ type: Name.Type) throws(ColumnError) -> Name {
    guard let value = Name(rawValue: try text(column)) else { throw ColumnError(column: column) }
    return value
  }

  func optionalNamed<Name: RawRepresentable<String>>(
    _ column: Int, _ type: Name.Type
  ) throws(ColumnError) -> Name? {
    try optionalText(column) == nil ? nil : named(column, type)
  }
}

/// Whatever a column holds, as it is there. Of a `DatabaseValue` that takes GRDB several times as long.
private struct Column: DatabaseValueConvertible, StatementColumnConvertible {
  let storage: DatabaseValue.Storage

  init(_ value: DatabaseValue) { storage = value.storage }

  init(sqliteStatement: SQLiteStatement, index: CInt) {
    self.init(DatabaseValue(sqliteStatement: sqliteStatement, index: index))
  }

  static func fromDatabaseValue(_ value: DatabaseValue) -> Column? { Column(value) }

  var databaseValue: DatabaseValue { storage.value?.databaseValue ?? .null }
}

/// A column holds what it cannot hold in a sound database.
struct ColumnError: Error {
  /// The first is 0.
  let column: Int
}

extension [UInt8] {
  /// As a value to bind to a BLOB column.
  var blob: Data { Data(self) }
}

extension TagID: DatabaseValueConvertible {}

extension SnapshotID: DatabaseValueConvertible {}

extension EventSequence: DatabaseValueConvertible {}
