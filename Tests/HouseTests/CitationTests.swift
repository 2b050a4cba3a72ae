import Foundation
import Testing

/// Who clones the repository can follow every reference in it.
@Suite struct CitationTests {
  /// What anybody can find.
  nonisolated(unsafe) private static let followable: [Regex<Substring>] = [
    /RFC [0-9]+/, /CVE-[0-9]+-[0-9]+/, /[\w-]+\([1-8]\)/, /[\w.\/-]+#[0-9]+/, /[\w.\/-]+ `[^`]+`/, /[a-z\/]+\.h/,
    /[a-z-]+\.(?:org|io|com)/, /docs\/[\w\/.-]+\.md/, /Standard Webhooks/, /XDG base directory specification/,
    /distribution-spec/,
  ]

  @Test func everySourceIsThereForAnybody() throws {
    House.expectNone(Self.hidden(in: try House.sources("swift", "h", "c") + House.tests("swift")))
  }

  @Test(arguments: ["handbook.md, 3.3.", "the rulebook, section 4.", "see above", ""])
  func whatNobodyCanFollowIsFound(source: String) {
    let file = House.SourceFile(
      "Sources/A/B.swift", "let a = 1\n/// Of a kind. Source" + ": \(source)\n/// Source" + ": RFC 9110, 3.\n")
    #expect(Self.hidden(in: [file]).count == 1)
  }

  @Test func everyPlaceInTheRepositoryIsThere() throws {
    House.expectNone(Self.missing(in: try House.sources("swift", "h", "c") + House.tests("swift")))
  }

  @Test func whatIsNotThereIsFound() {
    let (file, heading) = ("docs/nowhere" + ".md", "docs/store" + ".md, Nothing of the kind")
    let text = "// As in \(file), and as\n// \(heading). Also docs/store.md, Clocks.\n"
    #expect(
      Self.missing(in: [House.SourceFile("Sources/A/B.swift", text)]) == [
        "Sources/A/B.swift: there is no \(file)", "Sources/A/B.swift: there is no \(heading)",
      ])
  }

  /// A rule stands for itself, not for who asked for it.
  @Test func noSentenceSaysWhoAskedForIt() throws {
    let files = try House.sources("swift", "h", "c") + House.tests("swift") + House.documents()
    #expect(files.count > 200)
    House.expectNone(Self.askers(in: files))
  }

  @Test func whoAskedForItIsFound() {
    let file = House.SourceFile("a.md", "So says The " + "Mission; and design" + ".md as well.\n")
    #expect(Self.askers(in: [file]) == ["a.md names the " + "mission", "a.md names design" + ".md"])
  }

  // MARK: Checks

  private static func hidden(in files: [House.SourceFile]) -> [String] {
    files.flatMap { file in
      sources(file.text).filter { !isPublic($0) }.map { "\(file.path): nobody can follow \"\($0)\"" }
    }
  }

  private static func missing(in files: [House.SourceFile]) -> [String] {
    files.flatMap { file in
      places(file.text).filter { !exists($0, $1) }
        .map { "\(file.path): there is no \($0)\($1.map { ", \($0)" } ?? "")" }
    }
  }

  private static func askers(in files: [House.SourceFile]) -> [String] {
    let names =
      ["contract", "mission"].map { "the " + $0 }
      + ["operations", "registry", "house", "design"].map { $0 + "." + "md" }
    return files.flatMap { file in
      let text = file.text.lowercased()
      return names.filter(text.contains).map { "\(file.path) names \($0)" }
    }
  }

  // MARK: Reading

  private static func isPublic(_ source: String) -> Bool { followable.contains { source.firstMatch(of: $0) != nil } }

  /// What follows `Source:` in comments, to the end of the comment.
  private static func sources(_ text: String) -> [String] {
    var sources: [String] = []
    var isInSource = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      guard let comment = line.firstMatch(of: /^\s*\/\/+ ?(.*)$/)?.output.1 else {
        isInSource = false
        continue
      }
      let parts = comment.split(separator: #/Sources?: /#, omittingEmptySubsequences: false)
      if isInSource, let first = parts.first, !sources.isEmpty { sources[sources.count - 1] += " " + first }
      sources += parts.dropFirst().map(String.init)
      isInSource = !comment.isEmpty && (isInSource || parts.count > 1)
    }
    return sources
  }

  /// `docs/store.md, Clocks`: a path below the root, and a heading where one is named.
  private static func places(_ text: String) -> [(path: String, heading: String?)] {
    let flat = text.replacing(#/\n\s*//+ /#, with: " ")
    return flat.matches(of: /(?:^|[^`\w\/])(docs\/[\w\/.-]+\.md)(?:, ([\w ]+?)[.;)])?/).map {
      (String($0.output.1), $0.output.2.map(String.init))
    }
  }

  private static func exists(_ path: String, _ heading: String?) -> Bool {
    let url = House.root.appending(path: path)
    guard let text = try? String(contentsOf: url, encoding: .utf8) else { return false }
    guard let heading else { return true }
    return text.split(separator: "\n").contains { $0.hasPrefix("#") && $0.drop { $0 == "#" } == " " + heading }
  }
}
