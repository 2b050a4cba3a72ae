import History
import ImageModel
import Questions

extension HistoryRendering {
  /// A line for each entry: from when to when, what began it, and as many of its images as fit.
  func lines(_ format: TextFormat) -> String {
    guard !entries.isEmpty else { return text(format) }
    let since = TextTable.Column("FIRST SEEN (\(format.times.zone))")
    var head: [TextTable.Column] = [since, "LAST SEEN", "WHAT"]
    var rows = entries.map { row($0, format) }
    var table = TextTable(head)
    table.rows = rows
    if !table.fits(format.width) {
      // The next state begins where one ends; how it ended is said with what began it.
      head = [since, "WHAT"]
      rows = entries.map { narrowRow($0, format) }
      table = TextTable(head)
      table.rows = rows
    }
    let used = table.lines(Style(isOn: false)).map(\.unicodeScalars.count).max() ?? 0
    let images = entries.map { Self.images($0, room: format.width.map { $0 - used - 2 } ?? .max, format) }
    if images.contains(where: { !$0.isEmpty }) {
      table = TextTable(head + ["IMAGE"])
      table.rows = zip(rows, images).map { $0 + [.init($1)] }
    }
    let lines = [format.style.paint(tag.familiar.shown, .strong)] + table.lines(format.style)
    return lines.map { $0 + "\n" }.joined()
  }

  private func row(_ entry: HistoryEntry, _ format: TextFormat) -> [TextTable.Cell] {
    let what = entry.words + (entry.rollbacks.isEmpty ? "" : " (rollback)")
    return [
      .init(format.times(entry.firstSeen)), until(entry, format),
      .init(what, entry.event?.isMove == true ? .notable : .plain),
    ]
  }

  private func narrowRow(_ entry: HistoryEntry, _ format: TextFormat) -> [TextTable.Cell] {
    let row = row(entry, format)
    let end = entry.ended.map { ", \($0.rawValue)" } ?? (row[1].text == "now" ? ", now" : "")
    return [row[0], .init(row[2].text + end, entry.ended == nil ? row[2].paint : .bad)]
  }

  private func until(_ entry: HistoryEntry, _ format: TextFormat) -> TextTable.Cell {
    if let ended = entry.ended { return .init("\(format.times(entry.lastSeen)) \(ended.rawValue)", .bad) }
    guard entry.isCurrent, lookout.silence(entry) == nil else { return .init(format.times(entry.lastSeen)) }
    return .init("now", .good)
  }

  private static func images(_ entry: HistoryEntry, room: Int, _ format: TextFormat) -> String {
    let images = entry.platforms.map { ImageWords.named($0, format.digests) }
    let texts = (1...max(1, images.count)).reversed().lazy.map { Words.list(images, limit: $0) }
    return texts.first { $0.unicodeScalars.count <= room } ?? ""
  }
}
