import History
import ImageModel
import Questions

/// The tags of `status`: failing ones first, then by their last change. On a terminal failures of one kind are told
/// once, and of the tags that are well no more are shown than one can look through.
struct StatusRows {
  /// Tags that fail in the same way have a row each up to so many.
  private static let shownOfAKind = 3
  private static let shownWell = 50

  /// A row of the table and what stands below it.
  private struct Row {
    let cells: [TextTable.Cell]
    /// What the last columns have, in words, for where the table is too wide.
    var times: [String] = []
    let details: [String]
  }

  let tags: [TagStatus]
  let isDaemonRunning: Bool
  /// Until when registries want to be left alone.
  let rests: [String: Timestamp]
  let now: Timestamp

  func lines(_ format: TextFormat, showsAll: Bool) -> [String] {
    let sorted = tags.sorted(by: TagStatus.comesFirst)
    let unwell = sorted.filter(\.isUnwell)
    let well = sorted.filter { !$0.isUnwell }
    let shown = well.prefix(showsAll ? well.count : Self.shownWell)
    let hidden = well.count - shown.count
    let kinds = showsAll ? unwell.map { [$0] } : self.kinds(of: unwell)
    let rows: [Row] = kinds.flatMap { self.rows(ofKind: $0, format) } + shown.map { row($0, format) }
    let (table, below) = self.table(rows, format)
    let lines = table.lines(format.style)
    var all = [lines[0]]
    for (line, row) in zip(lines.dropFirst(), rows) {
      all += [line] + Lines.of(items: row.times.suffix(below), width: format.width) + row.details
    }
    if hidden > 0 {
      all.append("and \(hidden) more \(hidden == 1 ? "tag that does" : "tags that do") not fail: --all shows all")
    }
    return all
  }

  /// With as many columns as fit, and how many of the times are to stand below a row.
  private func table(_ rows: [Row], _ format: TextFormat) -> (table: TextTable, below: Int) {
    let zone = format.times.zone
    let layouts: [[TextTable.Column]] = [
      ["STATE", "TAG", .init("CHANGED (\(zone))"), "LAST SUCCESS", "NEXT CHECK"],
      ["STATE", "TAG", .init("CHANGED (\(zone))")], ["STATE", .init("TAG (times in \(zone))")],
    ]
    let tables = layouts.map { columns in
      var table = TextTable(columns)
      table.rows = rows.map { Array($0.cells.prefix(columns.count)) }
      return table
    }
    let index = tables.firstIndex { $0.fits(format.width) } ?? tables.count - 1
    return (tables[index], layouts[0].count - layouts[index].count)
  }

  // MARK: Order

  /// Those that fail in the same way at the same registry, in their order.
  private func kinds(of tags: [TagStatus]) -> [[TagStatus]] {
    struct Kind: Hashable {
      let registry: String
      let word: String
      let code: CheckFailure.Code?
    }
    var kinds: [[TagStatus]] = []
    var indexes: [Kind: Int] = [:]
    for tag in tags {
      let kind = Kind(registry: tag.record.tag.domain, word: tag.word, code: tag.record.state.failure?.code)
      let index = indexes[kind] ?? kinds.count
      if index == kinds.count { kinds.append([]) }
      indexes[kind] = index
      kinds[index].append(tag)
    }
    return kinds
  }

  // MARK: Rows

  private func rows(ofKind kind: [TagStatus], _ format: TextFormat) -> [Row] {
    guard kind.count > Self.shownOfAKind, let first = kind.first else { return kind.map { row($0, format) } }
    let names = Words.list(kind.prefix(Self.shownOfAKind).map { $0.record.tag.familiar.shown }, of: kind.count)
    let cells: [TextTable.Cell] = [
      .init(first.word, first.paint),
      .init("\(kind.count) tags of \(first.record.tag.domain.shown)", .strong), "", "", "",
    ]
    let details =
      wrap(names, format) + missing(first, format) + error(first, format) + wrap("--all shows each of them", format)
    return [Row(cells: cells, details: details)]
  }

  private func row(_ tag: TagStatus, _ format: TextFormat) -> Row {
    Row(cells: cells(tag, format), times: times(tag, format), details: details(tag, format))
  }

  private func cells(_ tag: TagStatus, _ format: TextFormat) -> [TextTable.Cell] {
    [
      .init(tag.word, tag.paint),
      .init(tag.record.tag.familiar.shown, .strong),
      .init(format.times(tag.lastChanged)),
      .init(format.times(tag.record.state.lastSuccess)),
      .init(nextCheck(tag, format)),
    ]
  }

  private func nextCheck(_ tag: TagStatus, _ format: TextFormat) -> String {
    guard tag.record.isWatched else { return "not watched" }
    guard isDaemonRunning, var next = tag.record.state.nextCheck else { return "-" }
    if let rest = rests[tag.record.tag.domain] { next = max(next, rest) }
    return next > now ? format.times(next) : "due"
  }

  private func times(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    [
      "changed \(format.times(tag.lastChanged))",
      "last success \(format.times(tag.record.state.lastSuccess))",
      "next check \(nextCheck(tag, format))",
    ]
  }

  private func details(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    let images = tag.platforms.map { ImageWords.named($0, format.digests) }
    // Digests in full have a line each.
    var lines = Lines.of(items: images, width: format.digests.isFull ? 0 : format.width)
    for image in tag.platforms where image.imageID == nil {
      lines += wrap(ImageWords.withoutID(image.platform, image.artifactType).shown, format)
    }
    return lines + moved(tag, format) + missing(tag, format) + error(tag, format)
  }

  private func moved(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    guard let words = tag.record.state.movedWords(isSeen: tag.digest != nil, format) else { return [] }
    return wrap(words, format).map { format.style.paint($0, .notable) }
  }

  private func missing(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    guard !tag.missingPlatforms.isEmpty else { return [] }
    let what = tag.hasNoPlatform ? "none of its platforms is there" : "not there"
    let names = tag.missingPlatforms.map(\.description.shown).joined(separator: " ")
    return wrap("\(what): \(names)", format).map { format.style.paint($0, tag.hasNoPlatform ? .bad : .notable) }
  }

  private func error(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    guard let failing = tag.record.state.failing(format) else { return [] }
    let end = deletion(tag, format).map { "; \($0)" } ?? ""
    return wrap("\(failing)\(end)", format).map { format.style.paint($0, .bad) }
  }

  private func wrap(_ text: String, _ format: TextFormat) -> [String] {
    Lines.of(text, width: format.width)
  }

  /// When what seems to be gone will count as deleted. Source: docs/decisions/0003-what-a-deletion-is.md.
  private func deletion(_ tag: TagStatus, _ format: TextFormat) -> String? {
    guard tag.state != .deleted, let time = tag.deletionTime else { return nil }
    return time > now
      ? "it counts as deleted if it is still missing after \(format.times(time))"
      : "it counts as deleted if the next check does not find it"
  }
}

extension PendingMove {
  /// - Parameter isSeen: what it was before is known.
  func words(isSeen: Bool, _ format: TextFormat) -> String {
    let what = isSeen ? "moved to \(format.digests(to.digest))" : "to be looked at"
    return "\(what) since \(format.times(since)); \(Self.pending)"
  }

  static let pending = "details are pending, for its registry allows no pull now"
}

extension TagState {
  /// That its registry names something of which no more is known; `nil` where it does not.
  ///
  /// - Parameter isSeen: what it was before is known.
  func movedWords(isSeen: Bool, _ format: TextFormat) -> String? {
    moved?.words(isSeen: isSeen, format)
  }

  /// Since when its checks fail, and why the last one did; `nil` where it did not.
  func failing(_ format: TextFormat) -> String? {
    guard let failure else { return nil }
    let since = failingSince.map { "since \(format.times($0)), now " } ?? ""
    return "\(since)\(failure.code.rawValue): \(failure.message)"
  }
}

extension TagStatus {
  fileprivate var paint: Style.Paint {
    switch state {
    case .ok: hasNoPlatform ? .bad : .good
    case .failing, .unreachable, .deleted: .bad
    case .pending: .faint
    }
  }
}
