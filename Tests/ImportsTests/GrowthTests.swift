import ImageModel
import Testing

@testable import Imports

/// Files that say little, and would have much made of it: work grows as they do, and no faster.
@Suite(.timeLimit(.minutes(1))) struct GrowthTests {
  private func found(_ text: String, _ kind: ImportKind) throws(ImportError) -> Importer {
    var importer = Importer { _ in .absent }
    try importer.add(ImportFile(name: "f", bytes: Array(text.utf8)), kind)
    return importer
  }

  private func lines(_ count: Int, _ line: (Int) -> String) -> String {
    (0..<count).map { line($0) + "\n" }.joined()
  }

  @Test(arguments: ["A", "-A", "'A'"]) func hereDocumentsWithoutAnEnd(name: String) throws {
    let text = lines(20_000) { $0 % 2 == 0 ? "RUN <<\(name)" : "RUN <<A\($0)" } + "FROM a:1\n"
    #expect(try found(text, .dockerfile).images.count == 1)
  }

  @Test func hereDocumentsOfOneName() throws {
    let text = lines(10_000) { $0 == 5_000 ? "FROM a:1" : "RUN <<A\nFROM b:1\nA" }
    #expect(try found(text, .dockerfile).images.count == 1)
  }

  @Test func linesThatGoOn() throws {
    let line = String(repeating: "x", count: 100) + "\\"
    #expect(try found("FROM a:1\nRUN \\\n" + lines(50_000) { _ in line }, .dockerfile).images.count == 1)
  }

  @Test(arguments: ["labels: {LABELS}", "deploy: {labels: [LISTED]}", "labels: [ALIKE]"])
  func servicesOfOneBase(base: String) throws {
    let numbers = 0..<2_000
    let base = base.replacing("LABELS", with: numbers.map { "l\($0): x" }.joined(separator: ", "))
      .replacing("LISTED", with: numbers.map { "l\($0)=x" }.joined(separator: ", "))
      .replacing("ALIKE", with: numbers.map { _ in "l=x" }.joined(separator: ", "))
    let services = lines(2_000) { "  s\($0): {extends: b}" }
    for kind in [ImportKind.compose, .diun] {
      let error = #expect(throws: ImportError.self) { try found("services:\n  b: {\(base)}\n\(services)", kind) }
      #expect(error?.what == "it has more than 1000000 values, with what its services extend")
      #expect((200...600).contains(error?.line ?? 0), "\(error?.line ?? 0)")
    }
  }

  @Test func annotationsOfManyContainers() throws {
    func pod(_ name: (Int) -> String) -> String {
      "apiVersion: v1\nmetadata:\n  annotations:\n\(lines(2_000) { "    \(name($0)): x" })"
        + "spec:\n  containers:\n\(lines(5_000) { "  - image: 'a:\($0)'" })"
    }
    for kind in [ImportKind.kubernetes, .diun] {
      let found = try found(pod { "k\($0)" }, kind)
      #expect(found.images.count + found.skipped.count == 5_000)
    }
    let error = #expect(throws: ImportError.self) { try found(pod { "diun.metadata.k\($0)" }, .diun) }
    #expect(error?.what.hasPrefix("it has more than 1000000 annotations") == true)
  }
}
