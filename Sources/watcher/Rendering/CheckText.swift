import Answers
import ImageModel
import Messages
import Service

/// The report of `check` for people: a line per tag and a summary. On a terminal that is too narrow for it, what is
/// said of a tag stands below it.
struct CheckText {
  /// Tags longer than this do not push the details of all others to the right.
  private static let tagColumns = 48
  /// How many platforms of a new tag are shown.
  private static let shownPlatforms = 2

  let format: TextFormat
  /// Only what changed or failed, and nothing at all where nothing did.
  var isQuiet = false

  private var changeText: ChangeText { ChangeText(digests: format.digests) }

  func text(_ report: CheckReport) throws -> String {
    let results = isQuiet ? report.results.filter { !$0.outcome.isQuiet } : report.results
    if isQuiet, results.isEmpty, report.unlisted.isEmpty { return "" }
    let names = results.map { $0.tag.familiar.shown }
    let width = min(names.map(\.utf8.count).max() ?? 0, Self.tagColumns)
    var out: [UInt8] = []
    out.reserveCapacity(results.count * (width + 32))
    for (name, result) in zip(names, results) {
      let (words, paint) = words(result.outcome)
      let parts = try details(result)
      let details = parts.joined(separator: " ")
      out += format.style.paint(words, paint).utf8
      // A long name has a line to itself, rather than be broken.
      let isTooWide = 12 + name.unicodeScalars.count > format.width ?? .max
      out += (isTooWide ? "\n    " : String(repeating: " ", count: 12 - words.utf8.count)).utf8
      out += name.utf8
      let gap = max(0, width - name.utf8.count) + 2
      if 12 + name.utf8.count + gap + details.unicodeScalars.count > format.width ?? .max {
        for line in Lines.of(parts: parts, width: format.width) { out += "\n\(line)".utf8 }
      } else if !details.isEmpty {
        out += String(repeating: " ", count: gap).utf8
        out += details.utf8
      }
      out.append(UInt8(ascii: "\n"))
    }
    for unlisted in report.unlisted {
      let text = "\(unlisted.repository.familiar.shown) could not be listed, and its tags from before were checked"
      let line = "\(text): \(unlisted.failure.code.rawValue): \(unlisted.failure.message)"
      for line in Lines.of(line, width: format.width, margin: 0) { out += "\(format.style.paint(line, .bad))\n".utf8 }
    }
    let summary = Self.summaryParts(report)
    out += Lines.of(parts: summary, width: format.width, margin: 0).joined(separator: "\n").utf8
    out.append(UInt8(ascii: "\n"))
    return String(decoding: out, as: UTF8.self)
  }

  /// `checked 12 tags in 2.41 s (5/s): 3 first seen, 7 unchanged, 1 changed, 1 failed`.
  static func summary(_ report: CheckReport) -> String { summaryParts(report).joined(separator: " ") }

  private static func summaryParts(_ report: CheckReport) -> [String] {
    let count = report.results.count
    let rate = Int((Double(count) / max(report.pollingSeconds, 0.001)).rounded())
    let hundredths = Int((report.pollingSeconds * 100).rounded())
    let fraction = hundredths % 100
    let seconds = "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
    return ["checked \(Words.count(count, "tag")) in \(seconds) s (\(rate)/s):"]
      + list([
        "\(report.firstSeen) first seen", "\(report.unchanged) unchanged", "\(report.changed) changed",
        "\(report.failed) failed",
      ])
  }

  private func words(_ outcome: CheckOutcome) -> (String, Style.Paint) {
    switch outcome {
    case .firstSeen: ("first seen", .good)
    case .unchanged: ("unchanged", .faint)
    case .changed: ("changed", .notable)
    case .failed: ("failed", .bad)
    }
  }

  /// What a line may be broken between, with its commas.
  private func details(_ result: CheckReport.Result) throws -> [String] {
    let withheld = result.isWithheld ? [["moved to and fro, which is told when it has been quiet"]] : []
    let unwatched = result.isWatched ? [] : [["not on the watchlist"]]
    let error = result.outcome.failure.map { [["\($0.code.rawValue): \($0.message)"]] } ?? []
    let sentences = try result.events.map(words) + withheld + unwatched + error
    return sentences.enumerated().flatMap { index, sentence in
      var parts = Self.list(sentence)
      if index + 1 < sentences.count { parts[parts.count - 1] += ";" }
      return parts
    }
  }

  /// `["a", "b"]` as `["a,", "b"]`.
  private static func list(_ items: [String]) -> [String] {
    items.dropLast().map { $0 + "," } + items.suffix(1)
  }

  private func words(_ event: RecordedEvent) throws -> [String] {
    switch event.type {
    case .tagFirstSeen:
      let details = try EventDetails(event.body, sequence: event.sequence)
      let shown = details.changes.prefix(Self.shownPlatforms).map { change in
        changeText.named(change.platform, changeText.image(change.current))
      }
      if shown.isEmpty { return ["none of the watched platforms is there"] }
      let more = details.changes.count + details.omitted - shown.count
      return shown + (more > 0 ? ["\(more) more"] : [])
    case .imageChanged, .artifactChanged, .imageRepacked, .platformAdded, .platformRemoved:
      let details = try EventDetails(event.body, sequence: event.sequence)
      var changes = details.changes.map(changeText.words) + (details.omitted > 0 ? ["\(details.omitted) more"] : [])
      guard !changes.isEmpty else { return [event.type.words] }
      if !details.rollbacks.isEmpty { changes[changes.count - 1] += " (rollback)" }
      return changes
    case .tagDeleted, .tagRestored, .tagMoved, .tagUnreachable, .tagRecovered, .indexChanged, .changes:
      return [event.type.words]
    }
  }
}
