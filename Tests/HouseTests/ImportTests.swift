import Foundation
import Testing

/// Arrows between rooms exist only where the architecture says so. The compiler does not see it all: a module
/// that another target reaches can be imported without being named as a dependency.
@Suite struct ImportTests {
  private let table: RoomTable

  init() throws {
    let document = House.root.appending(path: "docs/architecture.md")
    table = try RoomTable(markdown: String(contentsOf: document, encoding: .utf8))
  }

  @Test func everyRoomIsInTheTable() throws {
    #expect(Set(table.allowed.keys) == (try House.rooms()))
  }

  @Test func importsFollowTheTable() throws {
    let files = try House.sources("swift")
    #expect(files.count > 50)
    for file in files {
      for module in ImportScanner.modules(in: file.text) where !table.allows(file.room, importing: module) {
        Issue.record("\(file.path) imports \(module); \(file.room) may not")
      }
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
    for file in headers {
      for match in file.text.matches(of: /#\s*include\s*<([^>]+)>/) where match.1.contains("/") {
        #expect(allowed.contains { match.1.hasPrefix($0) }, "\(file.path)")
      }
    }
  }

  @Test(
    arguments: [
      ("import A", ["A"]), ("  import A // why", ["A"]), ("@testable import A", ["A"]), ("public import A", ["A"]),
      ("@_exported public import A", ["A"]), ("@_spi(Testing) import A", ["A"]), ("internal import A", ["A"]),
      ("import struct A.B", ["A"]), ("import func Glibc.close", ["Glibc"]), ("import A.B.C", ["A"]),
      ("import class A.B; import C", ["A", "C"]), ("@preconcurrency\nimport A", ["A"]),
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
        | `Top` | wiring | all stages, Logging |
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
