import History
import ImageModel

/// The history of a tag, for people.
struct HistoryRendering {
  let tag: TagReference
  /// Those asked for; empty for all.
  var platforms: [Platform] = []
  /// Newest first.
  let entries: [HistoryEntry]

  func text(_ format: TextFormat) -> String {
    let whose = platforms.isEmpty ? "" : " for \(MissingPlatforms.names(platforms))"
    let note = entries.isEmpty ? "nothing recorded\(whose)" : "times in \(format.times.zone)"
    var lines = [format.style.paint(tag.description.shown, .strong) + ", \(note)"]
    for (index, entry) in entries.enumerated() {
      lines.append("")
      lines += self.lines(entry, older: index + 1 < entries.count ? entries[index + 1] : nil, format)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func lines(_ entry: HistoryEntry, older: HistoryEntry?, _ format: TextFormat) -> [String] {
    var lines = [head(entry, older: older, format)]
    if format.digests.isFull {
      lines += fullLines(entry, format)
    } else {
      let withDates = platformLines(entry, format, showsCreated: true)
      let isTooWide = withDates.contains { $0.unicodeScalars.count > format.width ?? .max }
      lines += isTooWide ? platformLines(entry, format, showsCreated: false) : withDates
    }
    if entry.mediaType.isIndex {
      lines.append("  " + format.style.paint("index \(format.digests(entry.digest))", .faint))
    }
    return lines
  }

  private func head(_ entry: HistoryEntry, older: HistoryEntry?, _ format: TextFormat) -> String {
    var head = "\(format.times(entry.firstSeen)) – \(format.times(entry.lastSeen))"
    if entry.isCurrent { head += "  " + format.style.paint("current", .good) }
    if let ended = entry.ended { head += "  " + format.style.paint(ended.rawValue, .bad) }
    let what = words(entry, older: older) + (entry.commonClass.map { " · \($0.rawValue)" } ?? "")
    return head + "  " + format.style.paint(what, entry.event?.isMove == true ? .notable : .plain)
  }

  /// Digests in full are wider than most terminals: nothing else is on their lines.
  private func fullLines(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    entry.platforms.flatMap { image in
      let words = [
        image.platform.words.shown, changeClass(image, of: entry),
        image.created.map { "created \(format.times.day(created: $0))" },
      ]
      return [
        "  " + words.compactMap(\.self).joined(separator: "  "),
        "    image     \(format.digests(image.imageID))",
        "    manifest  \(format.digests(image.manifest))",
      ]
    }
  }

  private func changeClass(_ image: StoredImage, of entry: HistoryEntry) -> String? {
    entry.event == .imageChanged && entry.commonClass == nil ? image.changeClass?.rawValue ?? "-" : nil
  }

  private func platformLines(_ entry: HistoryEntry, _ format: TextFormat, showsCreated: Bool) -> [String] {
    var table = TextTable(["", "", "", "", ""])
    for image in entry.platforms {
      let platform = TextTable.Cell(image.platform.words.shown)
      let changeClass = TextTable.Cell(changeClass(image, of: entry) ?? "")
      let imageID = TextTable.Cell("image \(format.digests(image.imageID))")
      let manifest = TextTable.Cell("manifest \(format.digests(image.manifest))")
      let created = image.created == nil || !showsCreated ? "" : "created \(format.times.day(created: image.created))"
      table.rows.append([platform, changeClass, imageID, manifest, .init(created)])
    }
    return table.lines(format.style).map { "  " + $0 }
  }

  private func words(_ entry: HistoryEntry, older: HistoryEntry?) -> String {
    // A state that began without a content event: it came back after a deletion as it was, or the tag moved so
    // often that the move was not announced.
    entry.event?.words ?? (older?.ended == .deleted ? EventType.tagRestored.words : "moved")
  }
}

extension HistoryEntry {
  /// How its platforms changed, if all that changed did so in the same way.
  fileprivate var commonClass: ChangeClass? {
    let classes = Set(platforms.compactMap(\.changeClass))
    return event == .imageChanged && classes.count == 1 ? classes.first : nil
  }
}
