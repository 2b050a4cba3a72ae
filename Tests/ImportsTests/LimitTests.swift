import ImageModel
import Testing

@testable import Imports

/// Files that nobody writes in good faith: each comes to an end, at once, with an error or with what it names.
@Suite(.timeLimit(.minutes(2))) struct LimitTests {
  private func refusal(_ text: String, _ kind: ImportKind = .compose) -> ImportError? {
    var importer = Importer { _ in .absent }
    do throws(ImportError) {
      try importer.add(ImportFile(name: "f", bytes: Array(text.utf8)), kind)
      return nil
    } catch {
      return error
    }
  }

  private func images(_ text: String, _ kind: ImportKind) throws -> [String] {
    var importer = Importer { _ in .absent }
    try importer.add(ImportFile(name: "f", bytes: Array(text.utf8)), kind)
    return importer.images.map { String(decoding: $0.json.bytes, as: UTF8.self) }
  }

  /// Nine aliases on each of forty lines stand for more values than there are atoms.
  private static let laughs =
    "a0: &a0 [x, x]\n"
    + (1...40).map { line in
      "a\(line): &a\(line) [\(Array(repeating: "*a\(line - 1)", count: 9).joined(separator: ", "))]\n"
    }.joined()

  @Test(arguments: [
    laughs + "services: {}\n", laughs + "? *a40\n: x\n", laughs + "? [*a40, *a39]\n: x\n",
    laughs + "services: {web: *a40}\n",
  ])
  func aliasesAreCounted(text: String) {
    let error = refusal(text)
    #expect(error?.what == "it has more than 1000000 values, with what its aliases stand for")
    #expect((5...9).contains(error?.line ?? 0))
  }

  /// Each has the keys of the one before, and one of its own.
  @Test func mergedKeysAreCounted() {
    let wide = (0..<2_000).map { "  k\($0): 1\n" }.joined()
    let merging = (0..<2_000).map { "  s\($0):\n    <<: *wide\n" }.joined()
    #expect(refusal("wide: &wide\n\(wide)services:\n\(merging)")?.what.hasPrefix("it has more than") == true)
  }

  @Test func valuesAreCounted() {
    #expect(refusal("[" + String(repeating: "a,", count: Limits.importValues) + "]")?.what.hasPrefix("it has") == true)
  }

  @Test func depthIsCounted() {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(refusal(nested(Limits.importDepth), .kubernetes) == nil)
    #expect(refusal(nested(Limits.importDepth + 1), .kubernetes)?.what == "it is nested deeper than 256 levels")
    #expect(refusal(nested(100_000), .kubernetes)?.what == "it is nested deeper than 256 levels")
    #expect(refusal(String(repeating: "- ", count: 100_000), .kubernetes) != nil)
    #expect(refusal(String(repeating: "{\"a\":", count: 100_000), .kubernetes) != nil)
    // What aliases put into one another counts as well.
    let chain = (1...Limits.importDepth).map { "a\($0): &a\($0) [*a\($0 - 1)]\n" }.joined()
    #expect(refusal("a0: &a0 x\n" + chain, .kubernetes)?.what == "it is nested deeper than 256 levels")
  }

  @Test func bytesAreCounted() {
    for kind in ImportKind.allCases {
      let limit = kind == .engine ? 67_108_864 : 16_777_216
      let long = String(repeating: "#", count: limit + 1)
      #expect(refusal(long, kind)?.what == "the file is longer than \(limit) bytes")
    }
  }

  /// Aliases are words to the reader below, and marked so; nothing else may change by that.
  @Test func asterisksInTextsStay() throws {
    let text = """
      - '*a'
      - "\u{e000}b *c"
      - d *e*f
      - &g "*h"
      - *g
      - |
        *i
      - {"*j": k}
      - \u{e001}l
      """
    let list = try #require(try YAMLDocuments.read(Array(text.utf8), file: "f").first?.list)
    #expect(list.map(\.text) == ["*a", "\u{e000}b *c", "d *e*f", "*h", "*h", "*i\n", nil, "\u{e001}l"])
    #expect(list[6]["*j"]?.text == "k" && list.map(\.line) == [1, 2, 3, 4, 4, 6, 8, 9])
  }

  @Test func anAnchorIsOfItsDocument() {
    #expect(refusal("a: &a 1\n---\nb: *a\n", .kubernetes)?.what == "*a stands for nothing")
    #expect(refusal("a: &a [*a]\n", .kubernetes)?.what == "*a stands for nothing")
  }

  @Test func theLatestAnchorOfANameCounts() throws {
    let text = "containers: [{image: &i a:1}, {image: *i}, {image: &i b:1}, {image: *i}]\n"
    #expect(try images(text, .kubernetes) == [#""a:1""#, #""b:1""#])
  }

  @Test(arguments: [
    "\u{feff}", "", "\u{0}", "a\u{0}b", "%YAML 9.9\n---\na", "--- |\n\ta", "? ? ? ?", "a: b: c", "- &", "*", "&a", "!!",
    "'",
    "{[}]", "<<: *a", "<<: a", "<<: [a, {b: c}]", "? {a: b}\n: c",
  ])
  func oddDocumentsEnd(text: String) {
    for kind in ImportKind.allCases { _ = refusal(text, kind) }
  }

  @Test func bytesThatAreNoTextAreRefused() {
    var importer = Importer { _ in .absent }
    let error = #expect(throws: ImportError.self) {
      try importer.add(ImportFile(name: "f", bytes: [0x61, 0xff, 0xfe]), .compose)
    }
    #expect(error?.what == "it is not UTF-8 text")
  }

  // MARK: Other files

  @Test func filesAreCounted() throws {
    var importer = Importer { path in
      .bytes(Array("include: [\(path)x, \(path)y]\nservices: {a: {image: 'a:1'}}\n".utf8))
    }
    try importer.add(ImportFile(name: "f", bytes: Array("include: [g]\n".utf8)), .compose)
    #expect(importer.images.count == 1)
    #expect(importer.skipped.contains { $0.why == "more than \(Limits.importFiles) files belong to it" })
  }

  /// On more ways than anybody could go.
  @Test func whatIncludesAllOthersIsReadOnce() throws {
    let names = (0..<50).map { "f\($0)" }
    let all = "include: [\(names.joined(separator: ", "))]\nservices: {a: {image: 'a:1'}}\n"
    var importer = Importer { names.contains($0) ? .bytes(Array(all.utf8)) : .absent }
    try importer.add(ImportFile(name: "f", bytes: Array(all.utf8)), .compose)
    #expect(importer.images.count == 1 && importer.skipped.allSatisfy { $0.why == "it includes itself" })
  }

  @Test func aChainOfServicesHasAnEnd() throws {
    let services = (0..<5_000).map { "  s\($0): {extends: s\($0 + 1)}\n" }.joined()
    #expect(try images("services:\n\(services)  s5000: {image: 'a:1'}\n", .compose) == [#""a:1""#])
  }

  @Test func whatCannotBeReadIsTold() throws {
    var importer = Importer { _ in .unreadable("Permission denied") }
    let text = "services: {a: {image: 'a:${V:-1}'}, b: {extends: {file: x.yml, service: y}}}"
    try importer.add(ImportFile(name: "f", bytes: Array(text.utf8)), .compose)
    #expect(importer.images.count == 1)
    #expect(
      importer.skipped.map(\.why) == [
        "it cannot be read (Permission denied): variables have their defaults",
        "x.yml cannot be read: Permission denied",
      ])
  }

  @Test func whatComesFromAPipeHasNoNeighbours() throws {
    var importer = Importer { _ in
      Issue.record("it looks for a file")
      return .absent
    }
    let text = "services: {a: {image: 'a:${V:-1}'}, b: {extends: {file: x.yml, service: y}}}"
    try importer.add(ImportFile(name: "f", bytes: Array(text.utf8), hasNeighbours: false), .compose)
    #expect(importer.skipped.map(\.why) == ["there is no file x.yml"])
  }

  /// What `.env` says may be an address with a password.
  @Test func anAddressIsNotRepeated() throws {
    let files = [".env": "A=https://u:hunter2@h.example/c.yml"]
    var importer = Importer { files[$0].map { .bytes(Array($0.utf8)) } ?? .absent }
    try importer.add(ImportFile(name: "f", bytes: Array("include: ['$A']".utf8)), .compose)
    #expect(importer.skipped.map { "\($0.what): \($0.why)" } == ["$A: it is not on this machine"])
  }

  // MARK: Variables

  @Test func whatTheFirstFileSaysCountsInThoseItIncludes() throws {
    let files = [
      ".env": "A=outer", "sub/.env": "A=inner\nB=inner", "other.env": "B=other",
      "sub/c.yml": "services: {s: {image: '$A:$B'}}",
      "sub/d.yml": "services: {s: {image: '$A:d$B'}}",
    ]
    var importer = Importer { files[$0].map { .bytes(Array($0.utf8)) } ?? .absent }
    let text = "include: [sub/c.yml, {path: sub/d.yml, env_file: [none.env, other.env]}]"
    try importer.add(ImportFile(name: "f", bytes: Array(text.utf8)), .compose)
    #expect(
      importer.images.map { String(decoding: $0.json.bytes, as: UTF8.self) } == [#""outer:inner""#, #""outer:dother""#])
  }

  @Test func linesOfVariablesAreThoseOfCompose() {
    let text = """
      A=a
      export B = "b $A"  # remark
      C='$A #c'
      D=${A}#d # remark
      E=
      # F=f
      G
      =h
      H="half
      I=$NONE
      A=z
      K=$A\r
      """
    #expect(
      EnvFile.variables(Array(text.utf8)) == [
        "A": "z", "B": "b a", "C": "$A #c", "D": "a#d", "E": "", "": "h", "H": "half", "K": "z",
      ])
  }

  /// Each is twice the one before.
  @Test func variablesDoNotGrowForEver() throws {
    let doubling = (1...60).map { "A\($0)=${A\($0 - 1)}${A\($0 - 1)}\n" }.joined()
    #expect(EnvFile.variables(Array("A0=xx\n\(doubling)".utf8))["A60"] == nil)
    let arguments = (1...60).map { "ARG A\($0)=${A\($0 - 1)}${A\($0 - 1)}\n" }.joined()
    #expect(try images("ARG A0=xx\n\(arguments)FROM a:${A60}\nFROM b:${A2}\n", .dockerfile) == [#""b:xxxxxxxx""#])
  }

  @Test func defaultsWithinDefaultsHaveAnEnd() throws {
    let deep = String(repeating: "${A:-", count: 500) + String(repeating: "}", count: 500)
    #expect(try images("services: {a: {image: '\(deep)'}, b: {image: 'b:1'}}", .compose) == [#""b:1""#])
  }

  @Test(
    arguments: [
      ("a$", nil), ("${", nil), ("${}", nil), ("${A", nil), ("${1}", nil), ("$A", "va"), ("${A}$B", "va"), ("${E}", ""),
      ("${E:-d}", "d"), ("${E-d}", ""), ("${A:+s}${N:+t}${E+u}${E:+v}", "su"), ("${N:-${M:-${A}}}", "va"),
      ("$$A", "$A"),
      ("${A:-}}", "va}"), ("${N?}", nil), ("${N:?say}", nil), ("${A:?say}", "va"), ("${A:x}", nil), ("${A^^}", nil),
      ("${N:-{}}", "{}"), ("${N:-{}", "{"), ("${A:-${}", nil),
    ] as [(String, String?)])
  func variablesAreThoseOfCompose(text: String, expected: String?) {
    let interpolation = Interpolation(variables: ["A": "va", "B": "", "E": ""], escape: UInt8(ascii: "$"))
    #expect((try? interpolation(text)) == expected, "\(text)")
  }
}
