/// Text for people in lines that fit a terminal.
enum Lines {
  /// A sentence, indented. Days stay with their times, and quoted commands whole where a line has room for them; no
  /// line is one word that another could keep company.
  ///
  /// - Parameter width: columns; `nil` puts it in one line.
  static func of(_ sentence: String, width: Int?, margin: Int = 4) -> [String] {
    folded(pieces(sentence, room: (width ?? .max) - margin), width: width, margin: margin)
  }

  /// A sentence of parts, each of which stays whole where a line has room for it.
  static func of(parts: [String], width: Int?, margin: Int = 4) -> [String] {
    let room = (width ?? .max) - margin
    let items = parts.flatMap { $0.unicodeScalars.count <= room ? [$0] : pieces($0, room: room) }
    return folded(items, width: width, margin: margin)
  }

  /// Items in as few indented lines as fit the width; in one where there is no width.
  static func of(items: [String], by gap: Int = 2, width: Int?, margin: Int = 4) -> [String] {
    joined(filled(items, by: gap, width: width, margin: margin), by: gap, margin: margin)
  }

  private static func folded(_ items: [String], width: Int?, margin: Int) -> [String] {
    var lines = filled(items, by: 1, width: width, margin: margin)
    let end = lines.count - 1
    if end > 0, lines[end].count == 1, lines[end - 1].count > 2, let word = lines[end - 1].last,
      margin + word.unicodeScalars.count + 1 + lines[end][0].unicodeScalars.count <= width ?? .max
    {
      lines[end - 1].removeLast()
      lines[end].insert(word, at: 0)
    }
    return joined(lines, by: 1, margin: margin)
  }

  private static func filled(_ items: [String], by gap: Int, width: Int?, margin: Int) -> [[String]] {
    var lines: [[String]] = []
    var columns = 0
    for item in items {
      let needed = item.unicodeScalars.count
      if !lines.isEmpty, columns + gap + needed <= width ?? .max {
        lines[lines.count - 1].append(item)
        columns += gap + needed
      } else {
        lines.append([item])
        columns = margin + needed
      }
    }
    return lines
  }

  private static func joined(_ lines: [[String]], by gap: Int, margin: Int) -> [String] {
    let (margin, gap) = (String(repeating: " ", count: margin), String(repeating: " ", count: gap))
    return lines.map { margin + $0.joined(separator: gap) }
  }

  /// What no line may end within.
  private static func pieces(_ sentence: String, room: Int) -> [String] {
    var pieces: [String] = []
    var rest = sentence.split(separator: " ")[...]
    while let word = rest.first {
      let count = max(1, lengthOfQuote(rest, room: room))
      var piece = rest.prefix(count).joined(separator: " ")
      rest = rest.dropFirst(count)
      if isDay(word), let time = rest.first, isTime(time) {
        piece += " \(time)"
        rest = rest.dropFirst()
      }
      pieces.append(piece)
    }
    return pieces
  }

  /// Of `'watcher sinks list'`, in words; 0 where there is none that fits.
  private static func lengthOfQuote(_ words: ArraySlice<Substring>, room: Int) -> Int {
    guard words.first?.hasPrefix("'") == true, let end = words.firstIndex(where: { $0.dropFirst().contains("'") })
    else { return 0 }
    let quote = words[...end]
    return quote.joined(separator: " ").unicodeScalars.count <= room ? quote.count : 0
  }

  private static func isDay(_ word: Substring) -> Bool {
    word.utf8.count == 10 && word.wholeMatch(of: /\d{4}-\d\d-\d\d/) != nil
  }

  private static func isTime(_ word: Substring) -> Bool { word.prefixMatch(of: /\d\d:\d\d:\d\d/) != nil }
}
