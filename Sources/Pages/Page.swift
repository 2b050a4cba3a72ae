package import ImageModel

/// A page: what is the same on all of them, around what is not.
package struct Page {
  /// Where a page belongs.
  enum Section: CaseIterable {
    case tags, events

    var path: String {
      switch self {
      case .tags: PageLink.watchlist
      case .events: PageLink.events
      }
    }

    var name: String {
      switch self {
      case .tags: "Tags"
      case .events: "Events"
      }
    }
  }

  let title: String
  var section: Section?
  /// What the script looks up anew when something happens: to any tag, or to one; `nil` for nothing.
  var watched: String?
  /// Above that, never looked up anew: a form keeps what is typed into it.
  var head: HTML = ""
  let content: HTML

  package static let contentType = "text/html; charset=utf-8"

  package var bytes: [UInt8] { Array(html.markup.utf8) }

  private var html: HTML {
    """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>\(title)</title>
    <link rel="icon" href="\(Asset.icon.link)" type="image/svg+xml">
    <link rel="stylesheet" href="\(Asset.stylesheet.link)">
    <script src="\(Asset.script.link)" defer></script>
    </head>
    <body>
    <a class="skip" href="#main">Skip to content</a>
    <header class="top">
    <a class="brand" href="/"><span aria-hidden="true"></span>watcher</a>
    <nav aria-label="Pages"><ul>\(navigation)</ul></nav>
    <p id="live" role="status"></p>
    </header>
    <main id="main">
    \(head)<div id="part"\(live)>
    \(content)</div>
    </main>
    <footer><p>Times are UTC.<span id="keys"></span></p></footer>
    </body>
    </html>

    """
  }

  private var navigation: [HTML] {
    Section.allCases.map { "<li><a href=\"\($0.path)\"\(HTML.current(if: $0 == section))>\($0.name)</a></li>" }
  }

  private var live: HTML { watched.map { " data-live=\"\($0)\"" } ?? "" }
}

extension HTML {
  /// Of a link to what is shown.
  static func current(if isCurrent: Bool) -> HTML { isCurrent ? " aria-current=\"page\"" : "" }
}

extension Page {
  /// Any tag.
  static let anyTag = "*"

  /// Where something is not, with what may be looked at instead.
  package static func missing(_ words: String, near: [TagReference] = []) -> Page {
    let links = near.map { "<li><a href=\"\($0.pagePath)\">\($0.familiar)</a></li>" as HTML }
    let known: HTML = near.isEmpty ? "" : "<p>Known here:</p>\n<ul>\(links)</ul>\n"
    return Page(
      title: "Not found · watcher",
      content: """
        <h1>Not found</h1>
        <p class="lead">\(words)</p>
        \(known)<p><a href="/">All tags</a>, or <a href="/events">what happened</a>.</p>

        """)
  }

  /// What went wrong, and what to do.
  package static func failure(_ words: String) -> Page {
    Page(title: "Error · watcher", content: "<h1>This page cannot be shown now</h1>\n<p class=\"lead\">\(words)</p>\n")
  }
}
