import ImageModel
import StrictJSON

/// The configuration file as it is, for pointing at places in it.
struct SourceDocument {
  /// Characters of a line that are shown, and how many of them at most before the place.
  private static let width = 112
  private static let before = 72
  /// How far from there in bytes an address may begin or end whose password is to be hidden.
  private static let reach = 2_048

  let path: String
  let bytes: [UInt8]
  /// Made for the first place that is asked for: in a large file it takes longer than finding one value.
  private lazy var text = SourceText(bytes)
  /// Byte ranges that must not be shown: what looks like a secret that somebody wrote into the file.
  var masked: [Range<Int>] = []

  init(_ bytes: [UInt8], path: String) {
    self.path = path
    self.bytes = bytes
  }

  /// Has the string that begins at `offset` not shown, for there is a secret in it.
  mutating func mask(stringAt offset: Int) {
    var end = offset + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
    masked.append(offset..<min(end + 1, bytes.count))
  }

  /// Where a character of a string stands.
  ///
  /// - Parameters:
  ///   - index: in bytes of the string itself; of a string of ASCII up to there.
  ///   - offset: where the string begins.
  func offset(of index: Int, inStringAt offset: Int) -> Int {
    var place = offset + 1
    for _ in 0..<index where place < bytes.count && bytes[place] != UInt8(ascii: "\"") {
      let isEscaped = bytes[place] == UInt8(ascii: "\\") && place + 1 < bytes.count
      place += !isEscaped ? 1 : bytes[place + 1] == UInt8(ascii: "u") ? 6 : 2
    }
    return min(place, bytes.count)
  }

  /// Has of a URL not shown what follows its host: of many services it is the secret.
  mutating func mask(urlAt range: Range<Int>) {
    let start = bytes[range].firstRange(of: "://".utf8)?.upperBound ?? range.lowerBound
    guard let path = bytes[start..<range.upperBound].firstIndex(where: { "/?#\\".utf8.contains($0) }) else { return }
    masked.append(path + 1..<max(path + 1, range.upperBound - 1))
  }

  mutating func line(at offset: Int) -> Int { text.position(at: offset).line }

  /// `12:5`, line and column.
  mutating func place(at offset: Int) -> String {
    let place = text.position(at: offset)
    return "\(place.line):\(place.column)"
  }

  /// A path in the file, which is relative to the file's own directory: every command means the same by it, wherever
  /// it is started.
  func located(_ written: String) -> String {
    guard !written.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return written }
    return path[...slash] + written
  }

  mutating func problem(_ finding: Finding, _ severity: ConfigProblem.Severity) -> ConfigProblem {
    let place = text.position(at: finding.offset)
    let (left, right) = excerpt(around: min(max(finding.offset, 0), bytes.count))
    return ConfigProblem(
      severity: severity, path: path, line: place.line, column: place.column, message: finding.message,
      hint: finding.hint, sourceLine: left + right, caret: left.unicodeScalars.count)
  }

  /// The line of `offset`, cut in two there. Reads only as much of a long line as it shows.
  private func excerpt(around offset: Int) -> (left: String, right: String) {
    let lowest = max(0, offset - 4 * Self.width)
    let highest = min(bytes.count, offset + 4 * Self.width)
    let start = bytes[lowest..<offset].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lowest
    let end = bytes[offset..<highest].firstIndex(of: UInt8(ascii: "\n")) ?? highest
    let hidden = masked + passwords(around: offset)
    let left = shown(start..<offset, without: hidden)
    let right = shown(offset..<end, without: hidden)
    let room = Self.width - min(left.count, Self.before)
    let leftIsWhole = left.count <= Self.before && (start == 0 || bytes[start - 1] == UInt8(ascii: "\n"))
    let rightIsWhole = right.count <= room && (end == bytes.count || bytes[end] == UInt8(ascii: "\n"))
    return (
      (leftIsWhole ? "" : "…") + left.suffix(Self.before).joined(),
      right.prefix(room).joined() + (rightIsWhole ? "" : "…")
    )
  }

  /// What addresses have before their host, wherever they stand. A password may hold a slash, though it must not.
  private func passwords(around offset: Int) -> [Range<Int>] {
    let piece = bytes[max(0, offset - Self.reach)..<min(bytes.count, offset + Self.reach)]
    var found: [Range<Int>] = []
    for colon in piece.indices where piece[colon] == UInt8(ascii: ":") {
      let slashes = piece[(colon + 1)...].prefix { "/\\".utf8.contains($0) }
      guard slashes.count(where: { $0 == UInt8(ascii: "/") }) > 1 else { continue }
      let rest = piece[slashes.endIndex...].prefix { $0 > 0x20 && $0 != UInt8(ascii: "\"") }
      // What is pinned has a digest there.
      guard let at = rest.lastIndex(of: UInt8(ascii: "@")), !rest[at...].starts(with: "@sha".utf8) else { continue }
      found.append(rest.startIndex..<at)
    }
    return found
  }

  /// The characters of a piece of a line, each made safe.
  private func shown(_ range: Range<Int>, without hidden: [Range<Int>]) -> [String] {
    var piece = Array(bytes[range])
    for mask in hidden {
      for index in mask.clamped(to: range) { piece[index - range.lowerBound] = UInt8(ascii: "*") }
    }
    if piece.last == UInt8(ascii: "\r") { piece.removeLast() }
    let whole = piece.drop { $0 & 0xc0 == 0x80 }
    return String(decoding: whole, as: UTF8.self).unicodeScalars.map { $0 == "\t" ? " " : String($0).safe() }
  }
}
