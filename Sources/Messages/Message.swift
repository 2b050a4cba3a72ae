import ImageModel
import StrictJSON

/// What an event says to people, before it is put into the words and limits of a service. Made of the frozen document
/// and of nothing else, so that each attempt says the same. Texts have no controls; what marks up or mentions somebody
/// at a service is for its format to make harmless.
package struct Message: Sendable {
  /// How much it matters: services show it as a colour or a priority.
  package enum Weight: Sendable {
    case bad, good, notable, plain
  }

  /// The event's, or the group's; the same at every attempt.
  package let id: String
  /// `watcher.image.changed`; `watcher.test` of a test.
  package let type: String
  /// RFC 3339.
  package let time: String
  /// What recorded it, `urn:uuid:…`.
  let source: String
  /// One sentence of at most 200 characters.
  package let summary: String
  /// What is known beside that, a line each, without the link; of a group a line for each of its events.
  package let lines: [String]
  package let weight: Weight
  /// `nil` of a test.
  package let event: EventDetails?
  /// The page that shows more, as it stands in a URL; empty where there are no pages.
  package let link: String

  /// - Parameters:
  ///   - document: of an event, a group or a test; what is none of them says so.
  ///   - publicURL: where the pages are, `https://watcher.example`.
  package init(document: [UInt8], publicURL: String? = nil) {
    let json = try? StrictJSON.parse(document, limits: EventDetails.limits)
    func text(_ member: String) -> String { json?[member]?.string?.safe() ?? "" }
    (id, source) = (text("id"), text("source"))
    let told = json.flatMap { EventDetails($0) }
    // A group of one says what its event says.
    let only = told?.events.flatMap { $0.count == 1 ? $0[0] : nil }
    event = only ?? told
    type = only?.type.rawValue ?? text("type")
    time = only?.time.description ?? text("time")
    summary = (only?.summary ?? json?["data"]?["summary"]?.string)?.safe() ?? "an event that says nothing"
    lines = event.map { EventLines(event: $0).all } ?? []
    weight = event.map(Weight.init) ?? .plain
    link = publicURL.map { [event] in Self.link(to: event, at: $0) } ?? ""
  }

  /// The page of the event's tag; of a group that of all events.
  private static func link(to event: EventDetails?, at publicURL: String) -> String {
    let link = publicURL + (event.map { $0.tag?.pagePath ?? "/events" } ?? "/")
    return link.utf8.count <= linkBytes ? link : publicURL + "/"
  }

  /// What services take beside the rest; a document may be anybody's.
  private static let linkBytes = 400

  /// A few lines of text.
  package var details: String { (lines + [link]).filter { !$0.isEmpty }.joined(separator: "\n") }

  /// The summary's lines and as many of the others as fit, each made harmless for its place; the rest is counted.
  ///
  /// - Parameters:
  ///   - room: for all of them, with what parts them.
  ///   - separator: stands between two.
  ///   - size: of a text, in the unit of `room`.
  func lines(
    within room: Int, separator: String = "\n", size: (String) -> Int = { $0.unicodeScalars.count },
    harmless: (String) -> String = { $0 }
  ) -> [String] {
    let all = lines.map(harmless)
    var kept: [String] = []
    var used = 0
    for (index, line) in all.enumerated() {
      let left = all.count - index
      let more = harmless("and \(left) more")
      let needed = size(line) + size(separator)
      // Behind any but the last there has to be room to say that there are more.
      let reserve = left == 1 ? 0 : size(more) + size(separator)
      guard used + needed + reserve <= room else { return kept + (size(more) <= room - used ? [more] : []) }
      kept.append(line)
      used += needed
    }
    return kept
  }
}

extension Message.Weight {
  fileprivate init(_ event: EventDetails) {
    if let events = event.events {
      // A group weighs as the heaviest of what is in it.
      let weights = events.map(Self.init)
      self = [.bad, .notable, .good].first(where: weights.contains) ?? .plain
      return
    }
    switch event.type {
    case .tagDeleted, .tagUnreachable: self = .bad
    case .tagRestored, .tagRecovered: self = .good
    case .imageChanged, .artifactChanged, .tagMoved: self = .notable
    case .platformAdded, .platformRemoved, .imageRepacked, .indexChanged, .tagFirstSeen, .changes: self = .plain
    }
  }
}

extension String {
  /// Cut to so many bytes of UTF-8, never within a character.
  func cut(toBytes bytes: Int) -> String {
    guard utf8.count > bytes else { return self }
    var kept = String.UnicodeScalarView()
    var used = "…".utf8.count
    for scalar in unicodeScalars {
      used += UTF8.width(scalar)
      guard used <= bytes else { break }
      kept.append(scalar)
    }
    return String(kept) + "…"
  }

  /// Nobody is called by a name in it: where services would look for one, after an @ that no letter is before.
  var withoutMentions: String {
    var out = String.UnicodeScalarView()
    var isWithinWord = false
    for scalar in unicodeScalars {
      out.append(scalar)
      if scalar == "@", !isWithinWord { out.append("\u{200b}") }
      isWithinWord = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
    }
    return String(out)
  }
}
