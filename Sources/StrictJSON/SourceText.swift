/// A text by lines, for telling people where something is. Lines end with `\n` or `\r\n`.
package struct SourceText: Sendable {
  /// A known position. There is one at the beginning of each line, and one every so often in long lines, so that
  /// no question about a text without line breaks has to count through all of it.
  private struct Mark {
    let offset: Int
    let line: Int
    let column: Int
  }

  private static let stride = 1024

  private let bytes: [UInt8]
  /// In order, never empty.
  private let marks: [Mark]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var marks = [Mark(offset: 0, line: 1, column: 1)]
    var (line, column, marked) = (1, 1, 0)
    for (offset, byte) in bytes.enumerated() {
      if byte & 0xc0 != 0x80 { column += 1 }
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 1
      } else if offset - marked < Self.stride {
        continue
      }
      marked = offset + 1
      marks.append(Mark(offset: marked, line: line, column: column))
    }
    self.marks = marks
  }

  /// The line and column of a byte, both from 1; columns count Unicode scalars. An offset outside the text
  /// counts as its nearest end.
  package func position(at offset: Int) -> (line: Int, column: Int) {
    let offset = min(max(offset, 0), bytes.count)
    let mark = marks[max(0, firstMark { $0.offset > offset } - 1)]
    return (mark.line, bytes[mark.offset..<offset].reduce(mark.column) { $0 + ($1 & 0xc0 == 0x80 ? 0 : 1) })
  }

  /// A line, counted from 1, without its end; empty where there is no such line.
  package func line(_ number: Int) -> String {
    let first = firstMark { $0.line >= number }
    guard number > 0, first < marks.count else { return "" }
    let rest = bytes[marks[first].offset...]
    var line = rest.prefix { $0 != UInt8(ascii: "\n") }
    if line.last == UInt8(ascii: "\r"), line.endIndex < bytes.count { line.removeLast() }
    return String(decoding: line, as: UTF8.self)
  }

  /// The index of the first mark for which `holds`, which holds for all later ones too.
  private func firstMark(_ holds: (Mark) -> Bool) -> Int {
    var (low, high) = (0, marks.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(marks[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
