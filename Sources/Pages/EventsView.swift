package import History
package import ImageModel
import Messages

/// What happened, the newest first.
package struct EventsView {
  package static let pageSize = 100
  /// Events that a page wants: one more says that there are others.
  package static let wanted = pageSize + 1
  /// Platforms told of in an event.
  private static let changesShown = 6

  private let tag: TagReference?
  /// Newest first.
  private let events: [StoredEvent]
  private let selection: EventSelection?
  private let before: EventSequence?
  /// Before which earlier ones are to be looked for.
  private let earlier: EventSequence?
  private let times: PageTimes

  /// - Parameters:
  ///   - tag: of which alone they are; `nil` for all.
  ///   - events: newest first, at most `wanted` of them.
  ///   - before: what follows them, where they are not the newest there are.
  ///   - looked: behind which sequence was looked for them.
  package init(
    of tag: TagReference?, _ selection: EventSelection? = nil, _ events: [StoredEvent], before: EventSequence? = nil,
    looked: EventSequence = .zero, now: Timestamp
  ) {
    (self.tag, self.selection, self.events) = (tag, selection, Array(events.prefix(Self.pageSize)))
    (self.before, times) = (before, PageTimes(now: now))
    let rest = looked > .zero ? EventSequence(rawValue: looked.rawValue + 1) : nil
    earlier = events.count > Self.pageSize ? self.events.last?.sequence : rest
  }

  package var page: Page {
    let name = tag.map { "Events of \($0.familiar)" } ?? "Events"
    let all: HTML =
      tag.map { "<p><a href=\"\($0.pagePath)\">\($0)</a> · <a href=\"\(PageLink.events)\">all events</a></p>\n" }
      ?? ""
    return Page(
      title: "\(name) · watcher", section: .events, watched: before == nil ? tag?.description ?? Page.anyTag : nil,
      head: "<div class=\"head\">\n<h1>\(name)</h1>\n\(all)</div>\n", content: "\(selections)\(list)\(pages)")
  }

  private var selections: HTML {
    let items = ([nil] + EventSelection.allCases.map(Optional.some)).map { one in
      let link = PageLink.events(of: tag, one)
      return "<li><a href=\"\(link)\"\(HTML.current(if: one == selection))>\(one?.rawValue ?? "all")</a></li>" as HTML
    }
    return "<ul class=\"counts\" aria-label=\"Which events\">\(items)</ul>\n"
  }

  private var list: HTML {
    guard !events.isEmpty else {
      let of: String = selection.map { " of \($0.rawValue)" } ?? ""
      let words = earlier == nil ? "has happened yet" : "has happened here of late"
      return "<p class=\"lead\">\(before == nil ? "Nothing" : "Nothing else")\(of) \(words).</p>\n"
    }
    return "<ol class=\"events\" reversed>\n\(events.map(item))</ol>\n"
  }

  private var pages: HTML {
    let newer: HTML = before == nil ? "" : "<a href=\"\(PageLink.events(of: tag, selection))\">← Newest</a> "
    let link = PageLink.events(of: tag, selection, before: earlier)
    let next: HTML = earlier == nil ? "" : "<a rel=\"next\" href=\"\(link)\">Earlier events →</a>"
    guard before != nil || earlier != nil else { return "" }
    return "<nav class=\"pages\" aria-label=\"More events\"><p>\(newer)\(next)</p></nav>\n"
  }

  private func item(_ event: StoredEvent) -> HTML {
    let details = EventDetails(event.body)
    let isGroup = event.type == .changes
    let name: HTML = isGroup ? "" : "<a class=\"row\" href=\"\(event.tag.pagePath)\">\(HTML.name(event.tag))</a>"
    let difference: HTML =
      event.type.isMove
      ? " <a href=\"\(PageLink.difference(event.tag, to: event.sequence.description))\">what changed</a>" : ""
    return """
      <li value="\(event.sequence)"><p class="what">\(times.second(event.time)) \
      <b class="type \(event.type.kind)">\(event.type.words)</b> \(name)\(difference)</p>\
      \(details.map { "<p class=\"summary\">\($0.summary)</p>\(lines($0))" as HTML } ?? "")</li>

      """
  }

  private func lines(_ details: EventDetails) -> HTML {
    var lines = details.changes.prefix(Self.changesShown).map(change)
    let more = details.changes.count + details.omitted - lines.count
    if more > 0 { lines.append("and \(Words.count(more, "platform")) more") }
    if !details.rollbacks.isEmpty { lines.append("rollback: this image was current here before") }
    if details.flaps > 0 { lines.append("after \(Words.count(details.flaps, "move")) that went unannounced") }
    if let failure = details.failure { lines.append("\(failure.message) <small>\(failure.code.rawValue)</small>") }
    return lines.isEmpty ? "" : "<ul>\(lines.map { "<li>\($0)</li>" as HTML })</ul>"
  }

  private func change(_ change: PlatformChange) -> HTML {
    let sides = [change.previous, change.current].compactMap(\.self).map { state in
      change.changeClass == .repacked
        ? HTML.image(nil, manifest: state.manifest) : HTML.image(state.imageID, manifest: state.manifest)
    }
    return "\(change.platform?.description ?? "") <b>\(change.changeClass.rawValue)</b> \(sides.joined(" → "))"
  }
}

extension EventType {
  fileprivate var kind: String {
    switch self {
    case .imageChanged, .artifactChanged, .tagMoved: "move"
    case .tagDeleted, .tagUnreachable: "bad"
    case .tagRestored, .tagRecovered: "good"
    case .platformAdded, .platformRemoved, .imageRepacked, .indexChanged, .tagFirstSeen, .changes: "plain"
    }
  }
}
