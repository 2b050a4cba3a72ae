import Foundation
import Testing

/// Arrows between rooms exist only where the architecture says so. The compiler does not see it all: a module
/// that another target reaches can be imported without being named as a dependency.
@Suite struct ImportTests {
  private let table: RoomTable

  init() throws { table = try House.table() }

  @Test func everyRoomIsInTheTable() throws {
    #expect(Set(table.allowed.keys) == (try House.rooms()))
  }

  @Test func importsFollowTheTable() throws {
    let files = try House.sources("swift")
    #expect(files.count > 50)
    House.expectNone(Self.violations(in: files, of: table))
  }

  @Test func anImportAgainstTheTableIsFound() throws {
    let table = try RoomTable(markdown: "## Rooms\n| `Base` | values | – |\n| `Store` | rows | Base |\n")
    let files = [
      House.SourceFile("Sources/Base/A.swift", "import Glibc\nimport Store\n"),
      House.SourceFile("Sources/Store/B.swift", "import Base\nimport Foundation\n"),
    ]
    #expect(
      Self.violations(in: files, of: table) == [
        "Sources/Base/A.swift imports Store; Base may not", "Sources/Store/B.swift imports Foundation; Store may not",
      ])
  }

  private static func violations(in files: [House.SourceFile], of table: RoomTable) -> [String] {
    files.flatMap { file in
      ImportScanner.modules(in: file.text).filter { !table.allows(file.room, importing: $0) }
        .map { "\(file.path) imports \($0); \(file.room) may not" }
    }
  }

  /// The C rooms wrap one library each, `CCurl` also the variadic system call that makes a memory file; `CSignals` has
  /// signals.
  @Test(
    arguments: [
      ("CCurl", ["curl/", "linux/memfd.h", "sys/syscall.h"]), ("COpenSSL", ["openssl/"]),
      ("CSignals", ["sys/eventfd.h"]),
    ])
  func shimsIncludeTheirLibrary(room: String, allowed: [String]) throws {
    let headers = try House.sources("h", "c").filter { $0.room == room }
    #expect(!headers.isEmpty)
    House.expectNone(Self.includes(in: headers, besides: allowed))
  }

  @Test func anotherLibraryIsFound() {
    let file = House.SourceFile("Sources/CLow/low.h", "#include <stdio.h>\n# include <curl/curl.h>\n#include <a/b.h>\n")
    #expect(Self.includes(in: [file], besides: ["curl/"]) == ["Sources/CLow/low.h includes a/b.h"])
  }

  private static func includes(in files: [House.SourceFile], besides allowed: [String]) -> [String] {
    files.flatMap { file in
      file.text.matches(of: /#\s*include\s*<([^>]+)>/).map(\.output.1)
        .filter { header in header.contains("/") && !allowed.contains { header.hasPrefix($0) } }
        .map { "\(file.path) includes \($0)" }
    }
  }

  @Test(
    arguments: [
      ("import A", ["A"]), ("  import A // why", ["A"]), ("@testable import A", ["A"]), ("public import A", ["A"]),
      ("@_exported public import A", ["A"]), ("@_spi(Testing) import A", ["A"]), ("internal import A", ["A"]),
      ("import struct A.B", ["A"]), ("import func Glibc.close", ["Glibc"]), ("import A.B.C", ["A"]),
      ("import class A.B;" + "import C", ["A", "C"]), ("@preconcurrency\nimport A", ["A"]),
      ("import\tA\r\nimport B", ["A", "B"]),
      ("#if canImport(A)\n  import B\n#elseif canImport(C)\n#endif", ["A", "B", "C"]),
      ("#if os(Linux) && canImport(A)", ["A"]), ("// import A", []), ("/* import A\nimport B */ import C", ["C"]),
      ("let important = 1", []), ("importer.run()", []), ("/// import A", []), ("import A/* x */", ["A"]),
    ] as [(String, [String])])
  func scanner(source: String, modules: [String]) {
    #expect(ImportScanner.modules(in: source) == modules)
  }

  @Test func tableIsRead() throws {
    let table = try RoomTable(
      markdown: """
        ## Rooms

        | Target | Holds | May import |
        |---|---|---|
        | `CLow`, `CLower` | shims | the C library |
        | `Base` | values | – |
        | `Store` | rows | GRDB, Base |
        | `Top` | wiring | Base, Store, Logging |
        | `tool` | commands | Top |

        ## Next
        | `Other` | x | Store |
        """)
    #expect(Set(table.allowed.keys) == ["CLow", "CLower", "Base", "Store", "Top", "tool"])
    #expect(table.allows("Store", importing: "Base"))
    #expect(table.allows("Store", importing: "GRDBSQLite"))
    #expect(table.allows("Store", importing: "Glibc"))
    #expect(table.allows("Top", importing: "Store"))
    #expect(table.allows("Top", importing: "Logging"))
    #expect(!table.allows("Top", importing: "GRDB"))
    #expect(!table.allows("Top", importing: "CLow"))
    #expect(!table.allows("Top", importing: "tool"))
    #expect(!table.allows("tool", importing: "Store"))
    #expect(!table.allows("Base", importing: "Store"))
    #expect(!table.allows("Base", importing: "Base"))
    #expect(!table.allows("Base", importing: "Foundation"))
    #expect(!table.allows("Unknown", importing: "Base"))
  }
}
