import History
import ImageModel

/// The same facts as in the timeline, state by state, the newest first.
struct StateTable {
  let tag: TagReference
  let states: [HistoryEntry]
  /// The newest there is, where it is among them.
  let newest: HistoryEntry?
  /// Whether nobody has seen the current one for long.
  let isSilent: Bool
  let times: PageTimes

  var html: HTML {
    """
    <div class="scroll" role="region" aria-label="Table of states" tabindex="0">
    <table class="states">
    <thead><tr><th scope="col">Platform</th><th scope="col">Change</th><th scope="col">Image ID</th>\
    <th scope="col">Manifest</th><th scope="col">Created</th></tr></thead>
    \(states.map(state))</table>
    </div>

    """
  }

  private func state(_ state: HistoryEntry) -> HTML {
    """
    <tbody id="\(PageLink.anchor(state.first))">
    <tr class="entry"><th scope="rowgroup" colspan="5"><span class="span">\(span(state))</span> \
    <b\(HTML.kind(of: state))>\(what(state))</b> \(links(state))\(notes(state))</th></tr>
    \(state.rows.map(row))<tr><td colspan="5">\(digests(state))</td></tr>
    </tbody>

    """
  }

  private func span(_ state: HistoryEntry) -> HTML {
    let end: HTML = state.isCurrent ? isSilent ? "?" : "now" : times.second(state.lastSeen)
    let seen: HTML = state.isCurrent ? " <small>seen \(times.away(state.lastSeen))</small>" : ""
    return "\(times.second(state.firstSeen)) – \(end)\(seen)"
  }

  private func what(_ state: HistoryEntry) -> String {
    state.words + (state.commonClass.map { ", \($0.rawValue)" } ?? "")
  }

  private func notes(_ state: HistoryEntry) -> [HTML] {
    var notes: [HTML] = []
    if state.ended == .deleted { notes.append("deleted after that") }
    var rollbacks: [HistoryEntry.Rollback] = []
    for one in state.rollbacks where !rollbacks.contains(where: { $0.digest == one.digest }) { rollbacks.append(one) }
    notes += rollbacks.map { "rollback to what it was until \(times.second($0.lastCurrent))" }
    notes += state.gaps.map { "not seen for \($0.span) from \(times.second($0.from)) on: what was there is not known" }
    if !state.also.isEmpty { notes.append("together with \(state.also.map(\.tag).joined(separator: ", "))") }
    return notes.prefix(Self.notesShown).map { "<p>\($0)</p>" }
  }

  private static let notesShown = 8

  private func links(_ state: HistoryEntry) -> HTML {
    var links: [HTML] = []
    if state.previous != nil {
      links.append("<a class=\"row\" href=\"\(PageLink.difference(tag, to: state.name))\">what changed</a>")
    }
    if let newest, newest != state {
      links.append("<a href=\"\(PageLink.difference(tag, from: state.name))\">what changed since</a>")
    }
    return links.isEmpty ? "" : "<span class=\"links\">\(links.joined(" "))</span>"
  }

  private func digests(_ state: HistoryEntry) -> HTML {
    let rows = state.rows.map { row in
      let image: HTML = row.imageID.map { "<dt>image ID</dt><dd><code>\($0)</code></dd>" } ?? ""
      let manifest: HTML = "<dt>manifest</dt><dd><code>\(row.manifest)</code></dd>"
      return "<dt class=\"platform\">\(row.platform?.description ?? "image")</dt>\(image)\(manifest)" as HTML
    }
    return """
      <details><summary>Digests in full</summary><dl><dt>pull</dt><dd><code>\(tag.pull(state.digest))</code></dd>\
      \(rows)</dl></details>
      """
  }

  private func row(_ row: HistoryEntry.Row) -> HTML {
    let image: HTML =
      row.imageID.map { "\(ImageMark($0).chip)\(HTML.digest($0))" } ?? "<span class=\"none\">none</span>"
    return """
      <tr><th scope="row">\(row.platform?.description ?? "–")</th><td>\(row.changeClass ?? "")</td><td>\(image)</td>\
      <td>\(HTML.digest(row.manifest))</td><td>\(times.day(created: row.created))</td></tr>

      """
  }
}

extension HistoryEntry {
  /// As `StateArgument` reads it: by the event that it began with, for clocks may have been set back.
  fileprivate var name: String { sequence?.description ?? firstSeen.description }
}

extension HTML {
  /// Of what began a state.
  fileprivate static func kind(of state: HistoryEntry) -> HTML {
    state.event?.isMove == true && state.commonClass != .rebuilt ? " class=\"move\"" : ""
  }
}
