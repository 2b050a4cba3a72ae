import History
import ImageModel

/// Where an image was, as `which` finds it: what somebody has who looks at a digest.
struct UseTable {
  private static let shown = 100

  let uses: [DigestUse]
  let times: PageTimes

  var html: HTML {
    guard let digest = uses.first?.digest else { return "" }
    let more = uses.count - Self.shown
    let rest: HTML = more > 0 ? "<p>and \(more) more: watcher which \(digest.short)</p>\n" : ""
    return """
      <section aria-labelledby="uses">
      <h2 id="uses">Where \(HTML.digest(digest)) was</h2>
      <table class="sinks">
      <thead><tr><th scope="col">Kind</th><th scope="col">Tag</th><th scope="col">Platform</th>\
      <th scope="col">When</th></tr></thead>
      <tbody>
      \(uses.prefix(Self.shown).map(row))</tbody>
      </table>
      \(rest)</section>

      """
  }

  private func row(_ use: DigestUse) -> HTML {
    let end: HTML = use.isCurrent ? "now" : times.second(use.lastSeen)
    return """
      <tr><td>\(use.kind.rawValue.replacing("_", with: " "))</td>\
      <th scope="row"><a class="row" href="\(use.tag.pagePath)">\(HTML.name(use.tag))</a></th>\
      <td>\(use.platform?.description ?? "–")</td>\
      <td class="when">\(times.second(use.firstSeen)) – \(end)</td></tr>

      """
  }
}
