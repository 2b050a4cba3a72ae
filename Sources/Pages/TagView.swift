package import History
package import ImageModel

/// A tag: how it is doing, its timeline, and its states.
package struct TagView {
  /// States in the table; of earlier ones there is another page.
  package static let statesShown = 50
  /// Each has a row for each platform.
  private static let rowsShown = 400
  /// States that a page wants: those that may be drawn, and one more, which says that there are others.
  package static let statesWanted = Timeline.mostStates + 1

  private let tag: TagReference
  private let report: StatusReport
  private let entries: [HistoryEntry]
  /// Those in the table.
  private let shown: ArraySlice<HistoryEntry>
  private let before: SnapshotID?
  private let difference: DifferencePart?
  private let times: PageTimes

  /// - Parameters:
  ///   - report: of this tag.
  ///   - entries: newest first, at most `statesWanted` of them.
  ///   - before: what follows them, where they are not the newest there are.
  package init(
    _ tag: TagReference, _ report: StatusReport, _ entries: [HistoryEntry], before: SnapshotID? = nil,
    difference: DifferencePart? = nil, now: Timestamp
  ) {
    (self.tag, self.report, self.entries) = (tag, report, entries)
    (self.before, self.difference, times) = (before, difference, PageTimes(now: now))
    let rows = entries.prefix(Self.statesShown).map { $0.platforms.count + $0.removed.count }.max() ?? 0
    shown = entries.prefix(min(Self.statesShown, max(1, Self.rowsShown / max(1, rows))))
  }

  package var page: Page {
    Page(
      title: "\(tag.familiar) · watcher", section: nil, watched: tag.description, head: head,
      content: "\(facts)\(difference?.html(times) ?? "")\(timelinePart)\(states)")
  }

  private var status: TagStatus? { report.tags.first }

  private var head: HTML {
    let canonical: HTML = tag.familiar == tag.description ? "" : "<p><code>\(tag)</code></p>\n"
    return """
      <div class="head">
      <h1>\(HTML.name(tag))</h1>
      \(canonical)<p><a href="\(PageLink.events(of: tag))">Events</a></p>
      </div>

      """
  }

  // MARK: Facts

  private var facts: HTML {
    guard let status else { return "" }
    let record = status.record
    let interval = record.intervalSeconds.map { "every \(Words.span(seconds: $0))" }
    let pull: HTML =
      status.digest.map { "<div class=\"wide\"><dt>Pull</dt><dd><code>\(tag.pull($0))</code></dd></div>" } ?? ""
    let trouble = TagTrouble(tag: status, times: times).sentences.map {
      "<p class=\"note \($0.kind)\">\($0.words)</p>\n" as HTML
    }
    // Of a tag that fails there is more to say.
    let silence: HTML =
      record.state.failure == nil ? self.silence.map { "<p class=\"note odd\">\($0)</p>\n" } ?? "" : ""
    return """
      <dl class="facts">
      <div><dt>State</dt><dd>\(HTML.state(of: status))</dd></div>
      <div><dt>Last change</dt><dd>\(times.second(status.lastChanged))</dd></div>
      <div><dt>Last success</dt><dd>\(times.second(record.state.lastSuccess))</dd></div>
      <div><dt>Next check</dt><dd>\(HTML.nextCheck(of: status, report, times))</dd></div>
      <div><dt>Checked</dt><dd>\(record.isWatched ? interval ?? "–" : "not watched")</dd></div>
      \(pull)
      </dl>
      \(trouble)\(silence)
      """
  }

  /// That nobody has seen what the tag names now for long.
  private var silence: String? {
    entries.first.flatMap {
      Lookout(record: status?.record, now: times.now, isDaemonRunning: true).silence($0)
    }
  }

  // MARK: Timeline

  private var timelinePart: HTML {
    guard let newest = entries.first else { return "" }
    let unseen = silence.map { _ in ObservationGap(from: newest.lastSeen, to: times.now) }
    let end = before == nil ? times.now : newest.lastSeen
    let timeline = Timeline(entries, until: end, unseen: unseen)
    // On this page, or the first on one of its own.
    let others = Dictionary(
      zip(entries.dropFirst(shown.count), entries.dropFirst(shown.count - 1)).map { ($0.first, $1.first) }
    ) { first, _ in first }
    let drawing = TimelineDrawing(timeline: timeline, times: times) { [tag, before] state in
      PageLink.history(tag, before: others[state.first] ?? before, at: state.first)
    }
    return """
      <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      <a class="skip" href="#states">Skip the timeline</a>
      <figure>
      \(drawing.html)<figcaption>\(caption(timeline, until: end))</figcaption>
      </figure>
      </section>

      """
  }

  private func caption(_ timeline: Timeline, until end: Timestamp) -> HTML {
    let range: HTML = timeline.beginning.map { "\(times.second($0)) – \(times.second(end)). " } ?? ""
    let isCut = timeline.states < entries.count
    let cut: HTML = isCut ? "Earlier states are not drawn. " : ""
    let bands = timeline.omittedBands
    let omitted: HTML = bands > 0 ? "Of \(Words.count(bands, "more platform")) nothing is drawn. " : ""
    return """
      <p>\(range)\(cut)\(omitted)The same image always has the same colour and pattern.</p>
      <ul class="legend"><li><span class="key content"></span>content changed</li>\
      <li><span class="key rebuilt"></span>only rebuilt</li><li><span class="key unseen"></span>not seen</li>\
      <li>\(Self.sign("back", x: 0))rollback</li><li>\(Self.sign("cross", x: 6))deleted</li>\
      </ul>
      """
  }

  private static func sign(_ name: String, x: Int) -> HTML {
    """
    <svg width="14" height="14" aria-hidden="true"><use href="#\(name)" class="mark \(name)" x="\(x)"/></svg>
    """
  }

  // MARK: States

  private var states: HTML {
    guard let last = shown.last else {
      let words = before == nil ? "Nothing is recorded of this tag yet." : "Nothing earlier is recorded of this tag."
      return "<p class=\"lead\">\(words)</p>\n"
    }
    let table = StateTable(
      tag: tag, states: Array(shown), newest: before == nil ? entries.first : nil, isSilent: silence != nil,
      times: times)
    let next = PageLink.history(tag, before: last.first)
    let earlier: HTML =
      shown.count < entries.count ? "<a rel=\"next\" href=\"\(next)\">Earlier states →</a>" : ""
    let newer: HTML = before == nil ? "" : "<a href=\"\(tag.pagePath)\">← Newest states</a> "
    let pages: HTML = "<nav class=\"pages\" aria-label=\"More states\"><p>\(newer)\(earlier)</p></nav>\n"
    return """
      <section aria-labelledby="states">
      <h2 id="states">States</h2>
      \(table.html)\(newer == earlier ? "" : pages)</section>

      """
  }
}
