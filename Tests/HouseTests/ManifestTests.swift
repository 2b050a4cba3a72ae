import Foundation
import Testing

/// `Package.swift` says the same as the table of rooms, and names all that tests import.
@Suite struct ManifestTests {
  @Test func dependenciesAreThoseOfTheTable() throws {
    let manifest = try House.manifest()
    #expect(manifest.rooms.count > 10)
    House.expectNone(Self.differences(manifest, try House.table()))
  }

  @Test func aDifferenceIsFound() throws {
    let table = try RoomTable(
      markdown: """
        ## Rooms
        | `CLow` | shims | the C library |
        | `Base` | values | FoundationEssentials |
        | `Store` | rows | GRDB, Base |
        | `Top` | wiring | Base, Store |
        | `Gone` | nothing | – |
        """)
    let manifest = Manifest(
      """
      targets: [
        .target(name: "CLow", linkerSettings: [.linkedLibrary("low")]), .target(name: "Base", dependencies: ["CLow"]),
        .target(
          name: "Store", dependencies: ["Base", .product(name: "GRDB", package: "GRDB.swift")]),
        .executableTarget(name: "Top", dependencies: ["Base"]), .target(name: "New"),
        .target(name: "Support", dependencies: ["Base"], path: "Tests/Support"),
        .testTarget(name: "TopTests", dependencies: ["Top"]),
      ]
      """)
    #expect(
      Self.differences(manifest, table) == [
        "Base: CLow only in Package.swift", "Gone is not in Package.swift", "New is not in the table",
        "Top: Store only in the table",
      ])
    #expect(manifest.tests.map(\.name) == ["Support", "TopTests"])
  }

  @Test func testsImportWhatTheyDependOn() throws {
    let files = try House.tests("swift")
    #expect(files.count > 150)
    House.expectNone(Self.imports(in: files, beyond: try House.manifest()))
  }

  @Test func anImportThatIsNoDependencyIsFound() {
    let manifest = Manifest(#".testTarget(name: "ATests", dependencies: ["A"])"#)
    let files = [
      House.SourceFile("Tests/ATests/One.swift", "import A\nimport Foundation\n@testable import B\nimport Testing\n"),
      House.SourceFile("Tests/BTests/Two.swift", "import A\n"),
    ]
    #expect(
      Self.imports(in: files, beyond: manifest) == [
        "Tests/ATests/One.swift imports B, which ATests does not depend on",
        "Tests/BTests/Two.swift imports A, which BTests does not depend on",
      ])
  }

  @Test func testsDependOnWhatTheyImport() throws {
    House.expectNone(Self.unused(try House.manifest(), by: try House.tests("swift")))
  }

  @Test func aDependencyThatNothingImportsIsFound() {
    let manifest = Manifest(
      #"""
      .testTarget(name: "ATests", dependencies: ["A", "B", .product(name: "C", package: "c")]),
      .testTarget(name: "BTests", dependencies: ["A"])
      """#)
    let files = [
      House.SourceFile("Tests/ATests/One.swift", "import A\n"),
      House.SourceFile("Tests/BTests/Two.swift", "import A\n"),
    ]
    #expect(Self.unused(manifest, by: files) == ["nothing in ATests imports B", "nothing in ATests imports C"])
  }

  /// `swift build -c release` builds it, and nothing is testable then.
  @Test func theHelpersOfTestsImportWhatIsThereInARelease() throws {
    let helpers = try House.tests("swift").filter { $0.path.hasPrefix("Tests/TestSupport/") }
    #expect(helpers.count > 10)
    House.expectNone(helpers.filter { $0.text.contains("@testable") }.map { "\($0.path) has @testable" })
  }

  @Test func everyRoomHasTestsOfItsOwn() throws { House.expectNone(Self.untested(try House.manifest())) }

  @Test func aRoomWithoutTestsIsFound() {
    let manifest = Manifest(
      #"""
      .target(name: "CLow"), .target(name: "A"), .target(name: "B"), .executableTarget(name: "watcher"),
      .testTarget(name: "ATests", dependencies: ["A"]), .testTarget(name: "BTests", dependencies: ["A"])
      """#)
    #expect(Self.untested(manifest) == ["B has no test target BTests that depends on it"])
  }

  // MARK: Checks

  /// C shims are tested with who uses them, and the program has `CLITests` and `BlackBoxTests`.
  private static func untested(_ manifest: Manifest) -> [String] {
    manifest.rooms.map(\.name).filter { room in
      let isShim = room.wholeMatch(of: /C[A-Z]\w*/) != nil
      return !isShim && room != "watcher"
        && !manifest.tests.contains { $0.name == room + "Tests" && $0.dependencies.contains(room) }
    }.map { "\($0) has no test target \($0)Tests that depends on it" }
  }

  private static func differences(_ manifest: Manifest, _ table: RoomTable) -> [String] {
    let named = Dictionary(uniqueKeysWithValues: manifest.rooms.map { ($0.name, $0.dependencies) })
    return Set(named.keys).union(table.allowed.keys).sorted().flatMap { room -> [String] in
      guard let dependencies = named[room] else { return ["\(room) is not in Package.swift"] }
      guard let allowed = table.dependencies(of: room) else { return ["\(room) is not in the table"] }
      return dependencies.subtracting(allowed).sorted().map { "\(room): \($0) only in Package.swift" }
        + allowed.subtracting(dependencies).sorted().map { "\(room): \($0) only in the table" }
    }
  }

  /// The black-box tests depend on the program that they run.
  private static func unused(_ manifest: Manifest, by files: [House.SourceFile]) -> [String] {
    let imported = Dictionary(grouping: files, by: \.room).mapValues { files in
      Set(files.flatMap { ImportScanner.modules(in: $0.text) })
    }
    return manifest.tests.flatMap { target in
      target.dependencies.subtracting(imported[target.name] ?? []).sorted()
        .filter { target.name != "BlackBoxTests" || $0 != "watcher" }
        .map { "nothing in \(target.name) imports \($0)" }
    }
  }

  private static func imports(in files: [House.SourceFile], beyond manifest: Manifest) -> [String] {
    let named = Dictionary(
      uniqueKeysWithValues: manifest.tests.map { test in
        (test.name, test.dependencies.union(test.dependencies.flatMap { RoomTable.companions[$0] ?? [] }))
      })
    let everywhere = RoomTable.everywhere.union(["Foundation", "Testing"])
    return files.flatMap { file in
      ImportScanner.modules(in: file.text)
        .filter { !everywhere.contains($0) && named[file.room]?.contains($0) != true }
        .map { "\(file.path) imports \($0), which \(file.room) does not depend on" }
    }
  }
}
