import Glibc
import History
import ImageModel
import Messages
import Questions

/// Recorded events for people: a line each, and below it what changed. Columns have fixed widths: what comes later is
/// not known when the first line is printed.
struct EventText {
  private static let sequenceColumns = 8
  private static let timeColumns = 19
  private static let typeColumns = EventType.allCases.map(\.words.unicodeScalars.count).max() ?? 0

  let format: TextFormat

  var heading: String {
    let line = Self.columns("SEQUENCE", "TIME (\(format.times.zone))", "EVENT") + "TAG"
    return format.style.paint(line, .faint) + "\n"
  }

  func text(_ event: StoredEvent) throws(CommandError) -> String {
    // The document has the spelling of its time.
    text(try EventDetails(event.body, sequence: event.sequence), of: event.tag)
  }

  /// What a person wants to see of what a sink writes to a terminal; `nil` where something else reads standard output,
  /// and gets the documents.
  static func onTerminal(_ environment: [String: String]) -> (@Sendable ([UInt8]) -> [UInt8])? {
    guard Terminal.isTerminal(STDOUT_FILENO) else { return nil }
    let isPainted = Style.isWanted(.auto, isTerminal: true, environment: environment)
    return { document in
      let format = TextFormat(
        style: Style(isOn: isPainted), charset: Output.charset, width: Terminal.columns(environment: environment))
      return EventText(format: format).bytes(document).dropLast().map(\.self)
    }
  }

  /// The same of an event's document alone, as sinks are sent it, ready to be written; of that of a test what it says
  /// of itself. What is no such document stays as it is.
  func bytes(_ document: [UInt8]) -> [UInt8] {
    let shown =
      EventDetails(document).map { text($0, of: $0.tag) } ?? EventDetails.summary(document).map { $0.shown + "\n" }
    return shown.map(format.charset.bytes) ?? document + [UInt8(ascii: "\n")]
  }

  private func text(_ details: EventDetails, of tag: TagReference?) -> String {
    let tag = (details.events?.count).map { Words.count($0, "event") } ?? tag?.familiar.shown ?? ""
    let (sequence, type) = (details.sequence.description, details.type)
    let head = Self.columns(
      String(repeating: " ", count: max(0, Self.sequenceColumns - sequence.utf8.count)) + sequence,
      format.times(details.time), type.words)
    let fits = head.unicodeScalars.count + tag.unicodeScalars.count <= format.width ?? .max
    let start = String(head.dropLast(Self.typeColumns + 2)) + format.style.paint(type.words, type.paint)
    let blank = String(repeating: " ", count: Self.typeColumns + 2 - type.words.unicodeScalars.count)
    let shownTag = format.style.paint(tag, .strong)
    let lines = [fits ? start + blank + shownTag : start] + (fits ? [] : ["    " + shownTag]) + changes(details)
    return lines.map { $0 + "\n" }.joined()
  }

  private func changes(_ details: EventDetails) -> [String] {
    let changes = ChangeText(digests: format.digests)
    var lines = details.changes.flatMap { changes.lines($0, room: (format.width ?? .max) - 4) }.map { "    " + $0 }
    if details.omitted > 0 { lines.append("    and \(Words.count(details.omitted, "platform")) more") }
    if !details.rollbacks.isEmpty { lines.append("    rollback: this image was current here before") }
    if details.flaps > 0 {
      lines.append(
        "    after \(Words.count(details.flaps, "move")) that \(details.flaps == 1 ? "was" : "were") not announced")
    }
    let since = details.failingSince.map { " since \(format.times($0))" } ?? ""
    if let failure = details.failure {
      let words = "\(failure.code.rawValue)\(since): \(failure.message)"
      lines += Lines.of(words, width: format.width)
    } else if !since.isEmpty {
      lines.append("    failing\(since)")
    }
    return lines
  }

  private static func columns(_ sequence: String, _ time: String, _ type: String) -> String {
    zip([sequence, time, type], [sequenceColumns, timeColumns, typeColumns]).map { text, width in
      text + String(repeating: " ", count: max(0, width - text.unicodeScalars.count) + 2)
    }.joined()
  }
}

extension EventType {
  fileprivate var paint: Style.Paint {
    switch self {
    case .imageChanged, .artifactChanged, .tagMoved: .notable
    case .tagDeleted, .tagUnreachable: .bad
    case .tagRestored, .tagRecovered: .good
    case .platformAdded, .platformRemoved, .imageRepacked, .indexChanged, .tagFirstSeen, .changes: .plain
    }
  }
}

extension EventDetails {
  /// - Throws: status 65 for what is no event's document: it was frozen as one.
  init(_ body: [UInt8], sequence: EventSequence) throws(CommandError) {
    guard let details = EventDetails(body) else {
      throw CommandError(
        .data,
        "the document of an event cannot be read (sequence \(sequence)): the database is damaged; "
          + "restore a backup")
    }
    self = details
  }
}
