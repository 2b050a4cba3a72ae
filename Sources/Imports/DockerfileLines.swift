/// The instructions of a Dockerfile, each on one line.
///
/// Source: docs.docker.com, Dockerfile reference, Parser directives, Format, Here-Documents.
struct DockerfileLines {
  struct Instruction {
    /// In capitals.
    let name: String
    let words: [String]
    /// From 1.
    let line: Int
  }

  private(set) var instructions: [Instruction] = []
  /// What reads the file when it is built, and where that stands.
  private(set) var syntax: (image: String, line: Int)?
  /// What joins a line with the next, and takes its meaning from a `$`.
  private(set) var escape = UInt8(ascii: "\\")

  init(_ bytes: [UInt8]) {
    let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
    let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
      String(decoding: $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0, as: UTF8.self)
    }
    readDirectives(lines)
    var ends = DocumentEnds(lines)
    var index = 0
    while index < lines.count {
      let start = index
      guard let text = joined(lines, &index) else { continue }
      let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let first = words.first else { continue }
      // What a built image does when it is built upon.
      let isLater = first.uppercased() == "ONBUILD" && words.count > 1
      let own = isLater ? Array(words.dropFirst()) : words
      instructions.append(
        Instruction(name: own[0].uppercased(), words: Array(own.dropFirst()), line: start + 1))
      if ["RUN", "COPY", "ADD"].contains(own[0].uppercased()) { ends.skipDocuments(of: own, &index) }
    }
  }

  /// `# name=value`, before anything else.
  private mutating func readDirectives(_ lines: [String]) {
    for (index, line) in lines.enumerated() {
      guard let match = line.wholeMatch(of: /\s*#\s*([A-Za-z]+)\s*=\s*(\S+)\s*/) else { return }
      switch match.1.lowercased() {
      case "syntax": syntax = (String(match.2), index + 1)
      case "escape": if match.2 == "`" { escape = UInt8(ascii: "`") }
      default: break
      }
    }
  }

  /// A line with those that it goes on in, comments and empty ones left out; `nil` of a comment. Moves behind it.
  private func joined(_ lines: [String], _ index: inout Int) -> String? {
    var (out, isBegun) = ("", false)
    while index < lines.count {
      let line = lines[index].drop(while: \.isWhitespace)
      index += 1
      if line.hasPrefix("#") || line.isEmpty {
        if !isBegun { return nil }
        continue
      }
      isBegun = true
      let end = line.lastIndex { !$0.isWhitespace } ?? line.startIndex
      guard line[end].utf8.elementsEqual([escape]) else { return out + line }
      out += line[..<end]
    }
    return out
  }
}

/// Where here-documents end. Each line is looked at once, however many of them have no end.
private struct DocumentEnds {
  private let lines: [String]
  /// Made once: that takes longer than a search.
  private let beginning = /[0-9]*<<(-?)["']?([^<"'\s]+)["']?/
  /// Where lines stand, by what they are, the last one first; made when there is a here-document …
  private lazy var whole = Self.places(lines.lazy.map { $0[...] })
  /// … and the same without the tabs that they begin with.
  private lazy var withoutTabs = Self.places(lines.lazy.map { $0.drop { $0 == "\t" } })

  init(_ lines: [String]) { self.lines = lines }

  /// Passes over the here-documents that an instruction begins. What looks like the beginning of one and has no end is
  /// none.
  mutating func skipDocuments(of words: [String], _ index: inout Int) {
    for word in words where word.utf8.contains(UInt8(ascii: "<")) {
      guard let match = word.wholeMatch(of: beginning) else { continue }
      let end =
        match.1.isEmpty
        ? Self.next(match.2, from: index, in: &whole) : Self.next(match.2, from: index, in: &withoutTabs)
      if let end { index = end + 1 }
    }
  }

  private static func places(_ lines: some Sequence<Substring>) -> [Substring: [Int]] {
    var places: [Substring: [Int]] = [:]
    for (index, line) in lines.enumerated() { places[line, default: []].append(index) }
    return places.mapValues { $0.reversed() }
  }

  /// Forgets those before it: nobody goes back.
  private static func next(_ line: Substring, from index: Int, in places: inout [Substring: [Int]]) -> Int? {
    while let place = places[line]?.last, place < index { places[line]?.removeLast() }
    return places[line]?.last
  }
}
