import Foundation
import ImageModel
import TestSupport
import Testing

@testable import Pages

/// The pages, whole. WATCHER_WRITE_PAGES=1 writes them anew, for a person to read in the diff and to look at.
@Suite struct PageTests {
  private static let names = PageScenes.all.map(\.name)

  private func markup(_ name: String, _ text: String) throws -> String {
    let scene = try #require(PageScenes.all.first { $0.name == name })
    return String(decoding: try scene.make(PageScenes(text: text)).bytes, as: UTF8.self)
  }

  @Test(arguments: names) func golden(name: String) throws {
    let path = ProjectFile.path("Tests/PagesTests/golden/\(name).html")
    var markup = try markup(name, "-x")
    // Of which version they are does not matter here.
    for asset in Asset.all { markup.replace(asset.link, with: asset.path) }
    if ProcessInfo.processInfo.environment["WATCHER_WRITE_PAGES"] != nil {
      try markup.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == markup)
  }

  /// What others write changes no page but in what can be read there.
  @Test(
    arguments: names,
    [
      "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)",
      "</title><svg/onload=a>",
      "javascript:alert(1)", "&lt;b&gt;&#x3c;i", "-->]]><!--", "{{constructor}}`${a}`", "\u{202e}\u{0}\u{1b}[31m",
      String(repeating: "<a href=x>", count: 50),
    ])
  func foreignTextIsNoMarkup(name: String, text: String) throws {
    let (harmless, hostile) = (Markup.parts(try markup(name, "-x")), Markup.parts(try markup(name, text)))
    #expect(
      harmless.contains { $0.contains("data-live") } || name == "missing" || name == "failure" || name == "events")
    #expect(harmless == hostile)
    let all = try markup(name, text)
    #expect(!all.contains("\u{202e}") && !all.contains("\u{1b}"))
  }

  /// A policy that allows nothing inline is no hindrance.
  @Test(arguments: names) func nothingIsInline(name: String) throws {
    let parts = Markup.parts(try markup(name, "-x"))
    #expect(parts.count > 20)
    #expect(!parts.contains { $0.contains(" style") || $0.contains(" on") || $0.hasPrefix("<style") })
    #expect(parts.filter { $0.hasPrefix("<script") } == ["<script src defer"])
    let links = Markup.values(of: ["src", "href", "action"], in: try markup(name, "-x"))
    #expect(!links.isEmpty && links.allSatisfy { $0.hasPrefix("/") || $0.hasPrefix("#") })
  }

  /// Every reference of a page to itself leads somewhere, and no two things have one name.
  @Test(arguments: names) func namesAreThereOnce(name: String) throws {
    let markup = try markup(name, "-x")
    let ids = Markup.values(of: ["id"], in: markup)
    #expect(Set(ids).count == ids.count)
    let wanted =
      Markup.values(of: ["href"], in: markup).filter { $0.hasPrefix("#") }.map { String($0.dropFirst()) }
      + Markup.values(of: ["aria-labelledby", "for"], in: markup)
    #expect(Set(wanted).isSubset(of: ids), "\(Set(wanted).subtracting(ids))")
  }

  @Test func assetsAreNamedByWhatIsInThem() {
    #expect(Set(Asset.all.map(\.link)).count == Asset.all.count)
    for asset in Asset.all {
      #expect(asset.link.hasPrefix("\(asset.path)?") && asset.bytes.count > 100 && asset.bytes.count < 30_000)
    }
  }
}

/// As much of markup as these tests look at.
enum Markup {
  /// Every tag with the names of its attributes, and no value: `<a class href`. Where a name may break depends on its
  /// slashes.
  static func parts(_ markup: String) -> [String] {
    markup.replacing("<wbr>", with: "").matches(of: /<[^>]*>/).map { tag in
      let inner = tag.output.dropLast().replacing(/="[^"]*"/, with: "")
      return inner.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
  }

  static func values(of names: Set<String>, in markup: String) -> [String] {
    markup.matches(of: /[ ]([a-z-]+)="([^"]*)"/).filter { names.contains(String($0.output.1)) }
      .map { String($0.output.2) }
  }
}
