/// Columns of text, as wide as they need to be.
struct TextTable {
  struct Column: ExpressibleByStringLiteral {
    let heading: String
    var isRight = false

    init(_ heading: String, isRight: Bool = false) {
      self.heading = heading
      self.isRight = isRight
    }

    init(stringLiteral heading: String) { self.init(heading) }
  }

  struct Cell: ExpressibleByStringInterpolation {
    let text: String
    var paint = Style.Paint.plain

    init(_ text: String, _ paint: Style.Paint = .plain) {
      self.text = text
      self.paint = paint
    }

    init(stringLiteral text: String) { self.init(text) }
  }

  let columns: [Column]
  var rows: [[Cell]] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Whether no line is longer than that; any is where there is no limit.
  func fits(_ width: Int?) -> Bool {
    guard let width else { return true }
    return lines(Style(isOn: false)).allSatisfy { $0.unicodeScalars.count <= width }
  }

  /// The headings, unless all are empty, and the rows. No line ends in blanks.
  func lines(_ style: Style) -> [String] {
    let hasHeadings = columns.contains { !$0.heading.isEmpty }
    let all = (hasHeadings ? [columns.map { Cell($0.heading, .faint) }] : []) + rows
    let widths = columns.indices.map { column in all.map { width($0[column].text) }.max() ?? 0 }
    return all.map { row in line(row, widths, style) }
  }

  private func line(_ row: [Cell], _ widths: [Int], _ style: Style) -> String {
    var line = ""
    // Blanks are owed until something follows.
    var owed = 0
    for (column, cell) in row.enumerated() where widths[column] > 0 {
      let gap = widths[column] - width(cell.text)
      if columns[column].isRight { owed += gap }
      if !cell.text.isEmpty {
        line += String(repeating: " ", count: owed) + style.paint(cell.text, cell.paint)
        owed = 0
      }
      owed += (columns[column].isRight ? 0 : gap) + 2
    }
    return line
  }

  private func width(_ text: String) -> Int { text.unicodeScalars.count }
}
