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
    for file in try House.sources("swift", "h", "c") + House.tests("swift") {
      for source in Self.sources(file.text) where !Self.isPublic(source) {
        Issue.record("\(file.path): nobody can follow \"\(source)\"")
      }
    }
  }

  @Test(arguments: ["handbook.md, 3.3.", "the rulebook, section 4.", "see above", ""])
  func whatNobodyCanFollowIsFound(source: String) {
    #expect(!Self.isPublic(source))
  }

  @Test func everyPlaceInTheRepositoryIsThere() throws {
    for file in try House.sources("swift", "h", "c") + House.tests("swift") {
      for (path, heading) in Self.places(file.text) where !Self.exists(path, heading) {
        Issue.record("\(file.path): there is no \(path)\(heading.map { ", \($0)" } ?? "")")
      }
    }
  }

  @Test func whatIsNotThereIsFound() {
    #expect(!Self.exists("docs/nowhere" + ".md", nil) && !Self.exists("docs/store.md", "Nothing of the kind"))
    #expect(Self.exists("docs/store.md", "Clocks"))
  }

  /// A rule stands for itself, not for who asked for it.
  @Test func noSentenceSaysWhoAskedForIt() throws {
    let names =
      ["contract", "mission"].map { "the " + $0 }
      + ["operations", "registry", "house", "design"].map { $0 + "." + "md" }
    for file in try House.sources("swift", "h", "c") + House.tests("swift") + House.documents() {
      let text = file.text.lowercased()
      for name in names where text.contains(name) { Issue.record("\(file.path) names \(name)") }
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
