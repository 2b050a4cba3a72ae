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
      if ["RUN", "COPY", "ADD"].contains(own[0].uppercased()) { Self.skipDocuments(own, lines, &index) }
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
    var out: String?
    while index < lines.count {
      let line = lines[index].drop(while: \.isWhitespace)
      index += 1
      if line.hasPrefix("#") || line.isEmpty {
        if out == nil { return nil }
        continue
      }
      let end = line.lastIndex { !$0.isWhitespace } ?? line.startIndex
      guard line[end].utf8.elementsEqual([escape]) else { return (out ?? "") + line }
      out = (out ?? "") + line[..<end]
    }
    return out
  }

  /// Passes over the here-documents that an instruction begins. What looks like the beginning of one and has no end is
  /// none.
  private static func skipDocuments(_ words: [String], _ lines: [String], _ index: inout Int) {
    for word in words {
      guard let match = word.wholeMatch(of: /[0-9]*<<(-?)["']?([^<"'\s]+)["']?/) else { continue }
      let end = lines[index...].firstIndex { line in
        (match.1.isEmpty ? line[...] : line.drop { $0 == "\t" }) == match.2
      }
      if let end { index = end + 1 }
    }
  }
}
