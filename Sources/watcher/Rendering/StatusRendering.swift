import History
import ImageModel

/// How tags and sinks are doing, for people.
struct StatusRendering {
  let report: StatusReport
  let now: Timestamp
  /// Without a daemon nothing is checked when its time comes.
  let isDaemonRunning: Bool

  func text(_ format: TextFormat) -> String {
    var blocks: [[String]] = []
    if report.tags.isEmpty {
      blocks.append([report.unknown.isEmpty ? "no tags are watched" : "none of these tags is known"])
    } else {
      blocks.append(tagLines(format))
    }
    if !report.sinks.isEmpty { blocks.append(SinksRendering(sinks: report.sinks).lines(format)) }
    if !isDaemonRunning, report.tags.contains(where: \.record.isWatched) {
      blocks.append(["no daemon is running: nothing is checked until 'watcher run' or 'watcher check'"])
    }
    return blocks.map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
  }

  /// A row per tag, and below it what does not fit a column.
  private func tagLines(_ format: TextFormat) -> [String] {
    var table = TextTable(["STATE", "TAG", .init("LAST SUCCESS (\(format.times.zone))"), "NEXT CHECK"])
    table.rows = report.tags.map { tag in
      [
        .init(tag.state.rawValue, tag.state.paint),
        .init(tag.record.tag.familiar.shown, .strong),
        .init(format.times(tag.record.state.lastSuccess)),
        .init(nextCheck(tag, format)),
      ]
    }
    let isWide = table.fits(format.width)
    if !isWide {
      let rows = table.rows.map { Array($0.prefix(2)) }
      table = TextTable(["STATE", .init("TAG (times in \(format.times.zone))")])
      table.rows = rows
    }
    let lines = table.lines(format.style)
    return [lines[0]]
      + zip(lines.dropFirst(), report.tags).flatMap { line, tag in
        [line] + (isWide ? [] : times(tag, format)) + details(tag, format)
      }
  }

  private func nextCheck(_ tag: TagStatus, _ format: TextFormat) -> String {
    guard tag.record.isWatched else { return "not watched" }
    guard isDaemonRunning, let next = tag.record.state.nextCheck else { return "-" }
    return next > now ? format.times(next) : "due"
  }

  private func times(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    ["    last success \(format.times(tag.record.state.lastSuccess))", "    next check   \(nextCheck(tag, format))"]
  }

  private func details(_ tag: TagStatus, _ format: TextFormat) -> [String] {
    let state = tag.record.state
    let images = tag.platforms.map { image in
      (image.platform.map { "\($0) ".shown } ?? "") + format.digests(image.imageID ?? image.manifest)
    }
    // Digests in full have a line each.
    var lines = Self.wrap(images, by: 2, width: format.digests.isFull ? 0 : format.width)
    for image in tag.platforms where image.imageID == nil {
      let words = ImageWords.withoutID(image.platform, image.artifactType).shown
      lines += Self.wrap(words.split(separator: " ").map(String.init), by: 1, width: format.width)
    }
    if !tag.missingPlatforms.isEmpty {
      let names = ["not there:"] + tag.missingPlatforms.map(\.description.shown)
      lines += Self.wrap(names, by: 1, width: format.width).map { format.style.paint($0, .notable) }
    }
    if let failure = state.failure {
      let since = state.failingSince.map { " since \(format.times($0))" } ?? ""
      let words = "\(failure.code.rawValue)\(since): \(failure.message)".split(separator: " ").map(String.init)
      lines += Self.wrap(words, by: 1, width: format.width).map { format.style.paint($0, .bad) }
    }
    return lines
  }

  /// Items in as few indented lines as fit the width; in one where there is no width.
  static func wrap(_ items: [String], by gap: Int, width: Int?) -> [String] {
    let margin = String(repeating: " ", count: 4)
    let blank = String(repeating: " ", count: gap)
    var lines: [String] = []
    var columns = Int.max
    for item in items {
      let needed = item.unicodeScalars.count
      if columns < .max, columns + gap + needed <= width ?? .max {
        lines[lines.count - 1] += blank + item
        columns += gap + needed
      } else {
        lines.append(margin + item)
        columns = margin.count + needed
      }
    }
    return lines
  }
}

extension TagStatus.State {
  fileprivate var paint: Style.Paint {
    switch self {
    case .ok: .good
    case .failing, .unreachable, .deleted: .bad
    case .pending: .faint
    }
  }
}
