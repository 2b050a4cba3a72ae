import FoundationEssentials
import GRDB
import GRDBSQLite

/// A statement whose arguments and columns do not pass through GRDB, which boxes each of them: of these one runs for
/// every tag of a watchlist, at the start and in each pass, and a watchlist may have a million.
struct DirectStatement {
  private let statement: Statement
  private var pointer: SQLiteStatement { statement.sqliteStatement }

  init(_ db: Database, sql: String) throws { statement = try db.cachedStatement(sql: sql) }

  /// Runs it to its end.
  func run(_ arguments: Int64...) throws {
    reset()
    defer { reset() }
    for (index, argument) in arguments.enumerated() {
      try check(sqlite3_bind_int64(pointer, Int32(index + 1), argument))
    }
    let code = sqlite3_step(pointer)
    guard code == SQLITE_DONE else { throw error(code) }
  }

  /// What `read` makes of the first row; `nil` where there is none.
  func first<Value>(_ arguments: String..., read: (DirectRow) throws -> Value) throws -> Value? {
    reset()
    defer { reset() }
    for (index, argument) in arguments.enumerated() {
      var argument = argument
      try argument.withUTF8 { bytes in
        try bytes.withMemoryRebound(to: CChar.self) { text in
          try check(sqlite3_bind_text(pointer, Int32(index + 1), text.baseAddress, Int32(text.count), Self.copied))
        }
      }
    }
    switch sqlite3_step(pointer) {
    case SQLITE_ROW: return try read(DirectRow(pointer: pointer))
    case SQLITE_DONE: return nil
    case let code: throw error(code)
    }
  }

  /// Whoever used the cached statement before may have left it as it ended; it takes no arguments then.
  private func reset() { sqlite3_reset(pointer) }

  private func check(_ code: CInt) throws { if code != SQLITE_OK { throw error(code) } }

  private func error(_ code: CInt) -> DatabaseError {
    let message = sqlite3_db_handle(pointer).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
    return DatabaseError(resultCode: ResultCode(rawValue: code), message: message, sql: statement.sql)
  }

  /// SQLITE_TRANSIENT: it makes a copy of the text.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}

/// The row that a statement stands at; not to be kept.
struct DirectRow: ColumnReading {
  fileprivate let pointer: SQLiteStatement

  func stored(_ column: Int) -> DatabaseValue.Storage {
    let index = Int32(column)
    switch sqlite3_column_type(pointer, index) {
    case SQLITE_INTEGER: return .int64(sqlite3_column_int64(pointer, index))
    case SQLITE_FLOAT: return .double(sqlite3_column_double(pointer, index))
    case SQLITE_TEXT:
      return .string(String(decoding: bytes(of: sqlite3_column_text(pointer, index), index), as: UTF8.self))
    case SQLITE_BLOB: return .blob(Data(bytes(of: sqlite3_column_blob(pointer, index), index)))
    default: return .null
    }
  }

  private func bytes(of start: UnsafeRawPointer?, _ index: CInt) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(pointer, index)))
  }
}
