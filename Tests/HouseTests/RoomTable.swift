import Foundation

/// The table "Rooms" of `docs/architecture.md`: which target may import what.
struct RoomTable {
  struct Malformed: Error {
    let line: String
  }

  /// What every room may import.
  static let everywhere: Set<String> = ["Dispatch", "FoundationEssentials", "Glibc", "Musl", "Synchronization"]
  /// Modules that come with a named one: GRDB's C half.
  static let companions = ["GRDB": ["GRDBSQLite"]]

  private(set) var allowed: [String: Set<String>] = [:]

  /// Reads the rows between the heading "Rooms" and the next one.
  init(markdown: String) throws {
    let lines = markdown.split(separator: "\n", omittingEmptySubsequences: false)
    let section = lines.drop { $0 != "## Rooms" }.dropFirst().prefix { !$0.hasPrefix("## ") }
    for line in section where line.hasPrefix("| `") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 3 else { throw Malformed(line: String(line)) }
      let imports = cells[2].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      let modules = Set(imports.flatMap { [$0] + (Self.companions[$0] ?? []) })
      let rooms = cells[0].split(separator: ",").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: "` ")) }
      for room in rooms { allowed[room] = modules }
    }
  }

  /// Whether a file of `room` may import `module`. A room does not import itself.
  func allows(_ room: String, importing module: String) -> Bool {
    module != room && (Self.everywhere.contains(module) || allowed[room]?.contains(module) == true)
  }

  /// What a room has to name in `Package.swift` for this.
  func dependencies(of room: String) -> Set<String>? {
    allowed[room]?.subtracting(Self.everywhere).subtracting(Self.companions.values.joined())
      .subtracting(["–", "the C library"])
  }
}
