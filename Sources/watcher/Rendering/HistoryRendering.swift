import History
import ImageModel

/// The history of a tag, for people.
struct HistoryRendering {
  let tag: TagReference
  /// Those asked for; empty for all.
  var platforms: [Platform] = []
  /// Newest first.
  let entries: [HistoryEntry]
  let lookout: Lookout

  func text(_ format: TextFormat) -> String {
    let whose = platforms.isEmpty ? "" : " for \(MissingPlatforms.names(platforms))"
    let note = entries.isEmpty ? "nothing recorded\(whose)" : "times in \(format.times.zone)"
    var lines = [format.style.paint(tag.familiar.shown, .strong) + ", \(note)"]
    for entry in entries {
      lines.append("")
      lines += self.lines(entry, format)
      if let gap = lookout.gap(before: entry) {
        lines += ["", format.style.paint("  not looked at for \(gap): what was there is not known", .notable)]
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func lines(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    var lines = [head(entry, format)]
    if let silence = lookout.silence(entry) { lines.append(format.style.paint("  \(silence)", .bad)) }
    lines += rollbackLines(entry, format)
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

  private func head(_ entry: HistoryEntry, _ format: TextFormat) -> String {
    var head = "\(format.times(entry.firstSeen)) – "
    if entry.isCurrent {
      let isSilent = lookout.silence(entry) != nil
      head += format.style.paint(isSilent ? "?" : "now", isSilent ? .bad : .good)
      head += " (seen \(format.times.short(entry.lastSeen, now: lookout.now)))"
    } else {
      head += format.times(entry.lastSeen)
    }
    if let ended = entry.ended { head += "  " + format.style.paint(ended.rawValue, .bad) }
    let what = entry.words + (entry.commonClass.map { " · \($0.rawValue)" } ?? "")
    return head + "  " + format.style.paint(what, entry.event?.isMove == true ? .notable : .plain)
  }

  /// What it is back at, for each state of before that it is back at.
  private func rollbackLines(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    var states: [HistoryEntry.Rollback] = []
    for one in entry.rollbacks where !states.contains(where: { $0.digest == one.digest }) { states.append(one) }
    return states.flatMap { state in
      let platforms = entry.rollbacks.filter { $0.digest == state.digest }.compactMap(\.platform)
      let whose = states.count > 1 && !platforms.isEmpty ? " of \(MissingPlatforms.names(platforms))" : ""
      let line = "  rollback\(whose) to what it was until \(format.times(state.lastCurrent))"
      let digest = format.digests(state.digest)
      return (format.digests.isFull ? [line, "    \(digest)"] : ["\(line) (\(digest))"])
        .map { format.style.paint($0, .notable) }
    }
  }

  /// Digests in full are wider than most terminals: nothing else is on their lines.
  private func fullLines(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    entry.rows.flatMap { row in
      let words = [
        row.platform.words.shown, row.changeClass, row.created.map { "created \(format.times.day(created: $0))" },
      ]
      return [
        "  " + words.compactMap(\.self).joined(separator: "  "),
        "    image     \(format.digests(row.imageID))",
        "    manifest  \(format.digests(row.manifest))",
      ]
    }
  }

  private func platformLines(_ entry: HistoryEntry, _ format: TextFormat, showsCreated: Bool) -> [String] {
    var table = TextTable(["", "", "", "", ""])
    for row in entry.rows {
      let created = row.created == nil || !showsCreated ? "" : "created \(format.times.day(created: row.created))"
      table.rows.append([
        .init(row.platform.words.shown), .init(row.changeClass ?? ""), .init("image \(format.digests(row.imageID))"),
        .init("manifest \(format.digests(row.manifest))"), .init(created),
      ])
    }
    return table.lines(format.style).map { "  " + $0 }
  }
}
