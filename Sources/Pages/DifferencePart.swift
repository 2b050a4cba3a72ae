package import Answers
import Comparison
package import ImageModel

/// What changed from one state of a tag to another; part of the tag's page.
package struct DifferencePart {
  /// A config may hold megabytes: of each list, and of each value, that much is shown.
  private static let (itemsShown, valueCharacters) = (100, 1_000)

  private let tag: TagReference
  /// `nil` where there is none.
  private let answer: DiffAnswer?
  /// Why there is none, or what to know of it.
  private let notes: [String]

  package init(_ answer: DiffAnswer, of tag: TagReference, notes: [String] = []) {
    (self.tag, self.answer, self.notes) = (tag, answer, notes)
  }

  /// One of those that are asked for is not there.
  package init(of tag: TagReference, refused reason: String) { (self.tag, answer, notes) = (tag, nil, [reason]) }

  func html(_ times: PageTimes) -> HTML {
    let notes = notes.map { "<p class=\"note odd\">\($0)</p>\n" as HTML }
    let close: HTML = "<p class=\"links\"><a href=\"\(tag.pagePath)\">close</a></p>"
    guard let answer else { return section("\(notes)\(close)\n") }
    let parts = answer.differences.map { part($0, times) }
    let none: HTML = parts.isEmpty ? "<p>Neither has an image of a platform that is watched.</p>\n" : ""
    return section(
      """
      <p class="lead">From <span class="side">\(side(answer.from, times))</span> \
      to <span class="side">\(side(answer.to, times))</span></p>
      \(notes)\(none)\(parts)\(close)

      """)
  }

  private func section(_ content: HTML) -> HTML {
    """
    <section class="difference" aria-labelledby="difference">
    <h2 id="difference">What changed</h2>
    \(content)</section>

    """
  }

  private func side(_ side: DiffAnswer.Side, _ times: PageTimes) -> HTML {
    let other: HTML = side.tag == tag ? "" : "\(side.tag.familiar), "
    return "\(other)\(times.second(side.firstSeen)) <small>\(HTML.digest(side.digest))</small>"
  }

  private func part(_ difference: ImageDifference, _ times: PageTimes) -> HTML {
    let lines: [HTML] = [images(difference)] + facts(difference, times).map { "<p>\($0)</p>\n" }
    let isWhole = difference.from != nil && difference.to != nil && difference.changeClass != nil
    return """
      <article>
      <h3>\(difference.platform?.description ?? "image") <b>\(difference.word)</b></h3>
      \(lines)\(isWhole ? "\(layers(difference))\(settings(difference))" : "" as HTML)</article>

      """
  }

  private func images(_ difference: ImageDifference) -> HTML {
    let sides = [difference.from, difference.to].compactMap(\.self).map {
      HTML.image($0.image.imageID, manifest: $0.image.manifest)
    }
    return "<p>\(sides.count == 2 && sides[0] == sides[1] ? sides[0] : sides.joined(" → "))</p>\n"
  }

  private func facts(_ difference: ImageDifference, _ times: PageTimes) -> [HTML] {
    var facts: [HTML] = []
    if difference.isOnlyBuildTime == true { facts.append("No difference but the time of the build.") }
    let created = [difference.from, difference.to].map { times.day(created: $0?.image.config?.created) }
    if created[0] != created[1] { facts.append("created \(created[0]) → \(created[1])") }
    if let sizes = difference.sizes(arrow: "→") { facts.append("size \(sizes)") }
    if !difference.othersNamed.isEmpty {
      facts.append("Differs as well: \(Words.list(difference.othersNamed, limit: Self.itemsShown))")
    }
    if let link = difference.link { facts.append("<a href=\"\(link)\" rel=\"noreferrer\">its sources: \(link)</a>") }
    return facts + difference.doubts.map { "<span class=\"doubt\">\($0)</span>" }
  }

  private func layers(_ difference: ImageDifference) -> HTML {
    guard let layers = difference.layers else { return "" }
    let counts = "\(layers.kept.count) kept, \(layers.added.count) added, \(layers.removed.count) removed"
    let items = layers.removed.map { item("del", $0) } + layers.added.map { item("ins", $0) }
    return "<p>layers: \(counts)</p>\n\(items.isEmpty ? "" : "<ul class=\"layers\">\(limited(items))</ul>\n" as HTML)"
  }

  private func item(_ element: String, _ layer: ComparedImage.Layer) -> HTML {
    let size = layer.size.map { " \(Words.bytes($0))" } ?? ""
    return "<li><\(element)>\(HTML.digest(layer.digest))\(size)</\(element)></li>\n"
  }

  private func settings(_ difference: ImageDifference) -> HTML {
    guard !difference.settings.isEmpty else { return "" }
    let rows = difference.settings.map { change in
      """
      <tr><th scope="row"><code>\(change.name.cut(to: Self.valueCharacters))</code></th>\
      <td>\(value("del", change.from))</td><td>\(value("ins", change.to))</td></tr>

      """ as HTML
    }
    let shown = rows.prefix(Self.itemsShown)
    let more: HTML = rows.count > shown.count ? "<p>and \(rows.count - shown.count) more settings</p>\n" : ""
    let name = "Settings of \(difference.platform?.description ?? "the image")"
    return """
      <div class="scroll" role="region" aria-label="\(name)" tabindex="0">
      <table class="settings">
      <thead><tr><th scope="col">Setting</th><th scope="col">Before</th><th scope="col">After</th></tr></thead>
      <tbody>
      \(Array(shown))</tbody>
      </table>
      </div>
      \(more)
      """
  }

  private func value(_ element: String, _ value: JSONOutput?) -> HTML {
    guard let value else { return "<span class=\"none\">–</span>" }
    return "<\(element)>\(ImageDifference.words(value).cut(to: Self.valueCharacters))</\(element)>"
  }

  private func limited(_ items: [HTML]) -> [HTML] {
    let more = items.count - Self.itemsShown
    return more <= 0 ? items : items.prefix(Self.itemsShown) + ["<li>and \(more) more</li>\n"]
  }
}
