import History
import ImageModel

extension HistoryRendering {
  /// A line for each entry: from when to when, what began it, and as many of its images as fit.
  func lines(_ format: TextFormat) -> String {
    guard !entries.isEmpty else { return text(format) }
    let head: [TextTable.Column] = [.init("FIRST SEEN (\(format.times.zone))"), "LAST SEEN", "WHAT"]
    var table = TextTable(head)
    table.rows = entries.map { row($0, format) }
    let used = table.lines(Style(isOn: false)).map(\.unicodeScalars.count).max() ?? 0
    let images = entries.map { Self.images($0, room: format.width.map { $0 - used - 2 } ?? .max, format) }
    if images.contains(where: { !$0.isEmpty }) {
      table = TextTable(head + ["IMAGE"])
      table.rows = zip(entries, images).map { row($0, format) + [.init($1)] }
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

  private func until(_ entry: HistoryEntry, _ format: TextFormat) -> TextTable.Cell {
    if let ended = entry.ended { return .init("\(format.times(entry.lastSeen)) \(ended.rawValue)", .bad) }
    guard entry.isCurrent, lookout.silence(entry) == nil else { return .init(format.times(entry.lastSeen)) }
    return .init("now", .good)
  }

  private static func images(_ entry: HistoryEntry, room: Int, _ format: TextFormat) -> String {
    let images = entry.platforms.map { image in
      (image.platform.map { "\($0.description.shown) " } ?? "") + format.digests(image.imageID ?? image.manifest)
    }
    let texts = (1...max(1, images.count)).reversed().lazy.map { Words.list(images, limit: $0) }
    return texts.first { $0.unicodeScalars.count <= room } ?? ""
  }
}
