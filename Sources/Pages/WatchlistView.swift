package import History
package import ImageModel
import Messages

/// The watchlist, and how sinks are doing.
package struct WatchlistView {
  package static let pageSize = 100
  /// For which changes are counted.
  package static let recentDays = 30
  /// Images named in a row.
  private static let imagesShown = 3

  private let query: WatchlistQuery
  private let part: WatchlistPage
  /// Of the tags of that part.
  private let report: StatusReport
  /// Where the image was whose digest is looked for.
  private let uses: [DigestUse]
  private let times: PageTimes

  package init(
    _ query: WatchlistQuery, _ part: WatchlistPage, _ report: StatusReport, uses: [DigestUse] = [], now: Timestamp
  ) {
    (self.query, self.part, self.report, times) = (query, part, report, PageTimes(now: now))
    self.uses = uses
  }

  package var page: Page {
    let others = [
      (
        RepositoryTable(repositories: part.repositories, times: times).html,
        part.repositories.contains(where: \.isUnwell)
      ),
      (SinkTable(sinks: report.sinks, times: times).html, report.sinks.contains(where: \.isUnwell)),
    ]
    // Before the tags, where it needs somebody.
    let (before, after) = (others.filter(\.1).map(\.0), others.filter { !$0.1 }.map(\.0))
    return Page(
      title: "Tags · watcher", section: .tags, watched: Page.anyTag, head: head,
      content: "\(notes)\(UseTable(uses: uses, times: times).html)\(before)\(counts)\(table)\(pages)\(after)\(daemon)")
  }

  private var head: HTML {
    let state: HTML = query.word.map { "<input type=\"hidden\" name=\"state\" value=\"\($0)\">" } ?? ""
    return """
      <div class="head">
      <h1>Tags</h1>
      <form role="search" action="/" id="search">
      <label for="filter">Filter</label>
      <input type="search" id="filter" name="q" value="\(query.text)" placeholder="name or digest" autocomplete="off" \
      spellcheck="false">
      \(state)<button>Show</button>
      </form>
      </div>

      """
  }

  /// What is to be known before the tags are believed.
  private var notes: [HTML] {
    let rests = report.rests.filter { $0.value > times.now }.sorted { $0.key < $1.key }.map { registry, until in
      "<p class=\"note\">\(registry) asked for a rest: none of its tags is checked before \(times.minute(until)).</p>\n"
        as HTML
    }
    let unverified = report.registries.filter(\.isUnverified).map { registry in
      "<p class=\"note\">\(registry.name) is taken by its word: no certificate is verified.</p>\n" as HTML
    }
    let problem = report.problem.map { "<p class=\"note bad\">\($0)</p>\n" as HTML }
    return [problem].compactMap(\.self) + rests + unverified
  }

  /// How many tags there are in each state, as links to these.
  private var counts: [HTML] {
    let total = part.words.values.reduce(0, +)
    let words = TagStatus.words.filter { part.words[$0] != nil || $0 == query.word }
    let links: [HTML] = words.map { count($0, part.words[$0] ?? 0, name: $0) }
    return ["<ul class=\"counts\" aria-label=\"By state\">\(count(nil, total, name: "all"))\(links)</ul>\n"]
  }

  private func count(_ word: String?, _ number: Int, name: String) -> HTML {
    let link = PageLink.watchlist(text: query.text, word: word)
    return """
      <li><a href="\(link)"\(HTML.current(if: query.word == word))><b>\(number)</b> \(name)</a></li>
      """
  }

  private var table: [HTML] {
    guard !report.tags.isEmpty else {
      let isAll = query.text.isEmpty && query.word == nil
      guard uses.isEmpty else { return [] }
      let words = query.page > 1 ? "There is no such page." : isAll ? "No tags are watched." : "No tag fits."
      return ["<p class=\"lead\">\(words)</p>\n"]
    }
    return [
      """
      <table class="tags">
      <thead><tr><th scope="col">State</th><th scope="col">Tag</th><th scope="col">Image</th>\
      <th scope="col">Last change</th><th scope="col">Next check</th></tr></thead>
      <tbody>
      \(report.tags.map(row))</tbody>
      </table>

      """
    ]
  }

  private func row(_ tag: TagStatus) -> HTML {
    let name = tag.record.tag
    return """
      <tr><td>\(HTML.state(of: tag))</td>\
      <th scope="row"><a class="row" href="\(name.pagePath)">\(HTML.name(name))</a>\(trouble(tag))</th>\
      <td class="images">\(images(tag))</td>\
      <td class="when">\(times.minute(tag.lastChanged))\(ago(tag))\(moves(name))</td>\
      <td class="when">\(HTML.nextCheck(of: tag, report, times))</td></tr>

      """
  }

  /// When it changed, and whether that was back to what had been there before.
  private func ago(_ tag: TagStatus) -> HTML {
    guard let time = tag.lastChanged else { return "" }
    let isBack = part.moves[tag.record.tag].flatMap { EventDetails($0.latest) }?.rollbacks.isEmpty == false
    return "<small>\(times.away(time))\(isBack ? ", <span class=\"back\">moved back</span>" : "" as HTML)</small>"
  }

  /// How often its images changed, where that is more than once.
  private func moves(_ tag: TagReference) -> HTML {
    guard let count = part.moves[tag]?.count, count > 1 else { return "" }
    let number = count < RecentMoves.mostCounted ? "\(count)" : "\(RecentMoves.mostCounted) or more"
    return "<small>\(number) changes in \(Self.recentDays) days</small>"
  }

  private func trouble(_ tag: TagStatus) -> HTML {
    "\(TagTrouble(tag: tag, times: times).sentences.map { "<p class=\"\($0.kind)\">\($0.words)</p>" as HTML })"
  }

  private func images(_ tag: TagStatus) -> HTML {
    let shown = tag.platforms.prefix(Self.imagesShown).map { image in
      let platform: HTML = image.platform.map { " <small>\($0)</small>" } ?? ""
      return "<span>\(HTML.image(image.imageID, manifest: image.manifest))\(platform)</span>" as HTML
    }
    let more = tag.platforms.count - shown.count
    return "\(shown)\(more > 0 ? "<small>and \(more) more</small>" as HTML : "")"
  }

  private var pages: [HTML] {
    let last = max(1, (part.count + query.pageSize - 1) / query.pageSize)
    guard last > 1 || query.page > 1 else { return [] }
    func link(_ page: Int, _ name: String, _ relation: String) -> HTML {
      guard (1...last).contains(page) else { return "" }
      let path = PageLink.watchlist(text: query.text, word: query.word, page: page)
      return "<a rel=\"\(relation)\" href=\"\(path)\">\(name)</a> "
    }
    return [
      """
      <nav class="pages" aria-label="More tags"><p>\(link(min(query.page - 1, last), "← Before", "prev"))\
      <span>Page \(query.page) of \(last)</span> \(link(query.page + 1, "Next →", "next"))</p></nav>

      """
    ]
  }

  private var daemon: HTML {
    guard case .running(let daemon) = report.daemon else { return "" }
    return """
      <p class="daemon">watcher \(daemon.version), running since \(times.minute(daemon.since)), \
      on <code>\(report.database)</code></p>

      """
  }
}

extension HTML {
  /// A word with a colour and a shape.
  static func state(of tag: TagStatus) -> HTML {
    let kind = tag.isUnwell ? "bad" : tag.state == .pending ? "idle" : "good"
    return "<span class=\"state \(kind)\">\(tag.word)</span>"
  }

  static func nextCheck(of tag: TagStatus, _ report: StatusReport, _ times: PageTimes) -> HTML {
    guard tag.record.isWatched else { return "<span class=\"none\">not watched</span>" }
    guard let next = tag.record.state.nextCheck else { return times.minute(nil) }
    let time = max(next, report.rests[tag.record.tag.domain] ?? next)
    return time > times.now ? times.away(time) : "due"
  }
}
