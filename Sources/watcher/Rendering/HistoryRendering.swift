import History
import ImageModel
import Questions

/// The history of a tag, for people.
struct HistoryRendering {
  let tag: TagReference
  /// Those asked for; empty for all.
  var platforms: [Platform] = []
  /// Newest first.
  let entries: [HistoryEntry]
  let lookout: Lookout
  /// What its checks have led to.
  var state: TagState?
  /// The time for which it is asked, if so.
  var at: Timestamp?
  /// When it was first seen, where that is after what is asked for.
  var beginning: Timestamp?

  /// The newest of those in which nobody saw a state that went on; of the others their number is told.
  private static let gapsShown = 3

  func text(_ format: TextFormat) -> String {
    let whose = platforms.isEmpty ? "" : " for \(MissingPlatforms.names(platforms))"
    let zone = "times in \(format.times.zone)"
    let reason = entries.isEmpty ? reason(format) : nil
    let nothing = "nothing recorded\(whose)\(reason?.isTimed == true ? ", \(zone)" : "")"
    var lines = [format.style.paint(tag.familiar.shown, .strong) + ", \(entries.isEmpty ? nothing : zone)"]
    if let reason { lines += painted(reason.words, reason.isTimed ? .bad : .plain, format) }
    for entry in entries {
      let gaps = Dictionary(grouping: entry.gaps) { $0.from >= entry.lastSeen }
      lines.append("")
      for gap in gaps[true] ?? [] { lines += gapLines(gap, "for \(gap.span)", format) + [""] }
      lines += self.lines(entry, within: gaps[false] ?? [], format)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// Why there is nothing of a time, or of a tag that no check has seen yet, and whether a time is told with it.
  private func reason(_ format: TextFormat) -> (words: String, isTimed: Bool)? {
    if let beginning { return ("its history begins on \(format.times(beginning))", true) }
    guard let state, state.lastSuccess == nil, platforms.isEmpty else { return nil }
    if let failing = state.failing(format) { return (failing, true) }
    guard state.lastChecked == nil else { return nil }
    return ("it was not checked yet" + (lookout.isDaemonRunning ? "" : ": no daemon is running"), false)
  }

  private func lines(_ entry: HistoryEntry, within gaps: [ObservationGap], _ format: TextFormat) -> [String] {
    var lines = head(entry, format)
    let shown = gaps.enumerated().filter { index, gap in index < Self.gapsShown || gap.holds(at) }.map(\.element)
    for gap in shown { lines += gapLines(gap, "for \(gap.span) from \(format.times(gap.from)) on", format) }
    if let first = gaps.last, gaps.count > shown.count {
      let times = Words.count(gaps.count - shown.count, "more time")
      lines += painted("not seen for long: \(times) since \(format.times(first.from))", .notable, format)
    }
    if entry.ended == .deleted, let at, at > entry.lastSeen {
      lines += painted("not there any more at \(format.times(at)): this is what it was before", .bad, format)
    }
    if let moved = moved(entry, format) {
      lines += painted(moved, .notable, format)
    } else if let silence = lookout.silence(entry) {
      lines += painted(silence, .bad, format)
    }
    if !entry.also.isEmpty {
      lines += painted("together with \(entry.also.map(\.tag.shown).joined(separator: ", "))", .plain, format)
    }
    lines += rollbackLines(entry, format) + (format.digests.isFull ? fullLines(entry, format) : table(entry, format))
    if entry.mediaType.isIndex {
      lines.append("  " + format.style.paint("index \(format.digests(entry.digest))", .faint))
    }
    return lines
  }

  /// What a current state is known not to be any more; `nil` where it is, as far as is known.
  private func moved(_ entry: HistoryEntry, _ format: TextFormat) -> String? {
    entry.isCurrent ? state?.movedWords(isSeen: true, format) : nil
  }

  /// From when to when, and what began it: below where it is too long.
  private func head(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    var words: [(text: String, paint: Style.Paint)] = [("\(format.times(entry.firstSeen)) – ", .plain)]
    if entry.isCurrent, state?.moved != nil {
      words += [(format.times(entry.lastSeen), .plain), ("  moved", .notable)]
    } else if entry.isCurrent {
      let isSilent = lookout.silence(entry) != nil
      words.append(isSilent ? ("?", .bad) : ("now", .good))
      words.append((" (seen \(format.times.short(entry.lastSeen, now: lookout.now)))", .plain))
    } else {
      words.append((format.times(entry.lastSeen), .plain))
    }
    if let ended = entry.ended { words += [("  ", .plain), (ended.rawValue, .bad)] }
    let what = entry.words + (entry.commonClass.map { " · \($0.rawValue)" } ?? "")
    let when = words.map { format.style.paint($0.text, $0.paint) }.joined()
    let length = words.map(\.text.unicodeScalars.count).reduce(0, +) + 2 + what.unicodeScalars.count
    let shown = format.style.paint(what, entry.event?.isMove == true ? .notable : .plain)
    return length <= format.width ?? .max ? ["\(when)  \(shown)"] : [when, "  \(shown)"]
  }

  private func gapLines(_ gap: ObservationGap, _ when: String, _ format: TextFormat) -> [String] {
    let held = gap.holds(at) ? at.map { ", also at \(format.times($0))" } ?? "" : ""
    return painted("not seen \(when)\(held): what was there is not known", held.isEmpty ? .notable : .bad, format)
  }

  private func painted(_ sentence: String, _ paint: Style.Paint, _ format: TextFormat) -> [String] {
    Lines.of(sentence, width: format.width, margin: 2).map { format.style.paint($0, paint) }
  }

  /// What it is back at, for each state of before that it is back at.
  private func rollbackLines(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    var states: [HistoryEntry.Rollback] = []
    for one in entry.rollbacks where !states.contains(where: { $0.digest == one.digest }) { states.append(one) }
    return states.flatMap { state in
      let platforms = entry.rollbacks.filter { $0.digest == state.digest }.compactMap(\.platform)
      let whose = states.count > 1 && !platforms.isEmpty ? " of \(MissingPlatforms.names(platforms))" : ""
      let line = "rollback\(whose) to what it was until \(format.times(state.lastCurrent))"
      let digest = format.digests(state.digest)
      guard format.digests.isFull else { return painted("\(line) (\(digest))", .notable, format) }
      return painted(line, .notable, format) + [format.style.paint("    \(digest)", .notable)]
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

  /// A row per platform where that fits, without dates if need be, else two.
  private func table(_ entry: HistoryEntry, _ format: TextFormat) -> [String] {
    let room = format.width.map { $0 - 2 }
    var wide = TextTable(["", "", "", "", ""])
    var narrow = TextTable(["", "", ""])
    for row in entry.rows {
      let platform = TextTable.Cell(row.platform?.description.shown ?? "")
      let changeClass = TextTable.Cell(row.changeClass ?? "")
      let image = TextTable.Cell(row.imageID.map { "image \(format.digests($0))" } ?? "no image ID")
      let manifest = TextTable.Cell("manifest \(format.digests(row.manifest))")
      let created = TextTable.Cell(row.created == nil ? "" : "created \(format.times.day(created: row.created))")
      wide.rows.append([platform, changeClass, image, manifest, created])
      narrow.rows += [[platform, changeClass, image], ["", "", manifest]]
    }
    if !wide.fits(room) { for row in wide.rows.indices { wide.rows[row][4] = "" } }
    return (wide.fits(room) ? wide : narrow).lines(format.style).map { "  " + $0 }
  }
}
