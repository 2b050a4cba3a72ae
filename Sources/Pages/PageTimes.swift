import ImageModel

/// Times on pages: in UTC, which the head of each page says; exact where a program reads them.
struct PageTimes {
  let now: Timestamp

  /// `2026-09-17 21:30`; `–` where there is none.
  func minute(_ time: Timestamp?) -> HTML { element(time) { String($0.minute.dropLast(4)) } }

  /// `2026-09-17 21:30:05`.
  func second(_ time: Timestamp?) -> HTML { element(time, text) }

  /// `3 days ago`, `in 4 minutes`.
  func away(_ time: Timestamp?) -> HTML {
    element(time) { time in
      let seconds = Int((time.milliseconds - now.milliseconds) / 1_000)
      let span = Words.span(seconds: abs(seconds))
      return seconds > 0 ? "in \(span)" : "\(span) ago"
    }
  }

  private func element(_ time: Timestamp?, _ words: (Timestamp) -> String) -> HTML {
    guard let time else { return "<span class=\"none\">–</span>" }
    return "<time datetime=\"\(time)\">\(words(time))</time>"
  }

  /// The day that an image says it was made on; its own words where those are no time.
  func day(created text: String?) -> String {
    guard let text else { return "–" }
    return Timestamp(rfc3339: text).map { String($0.description.prefix(10)) } ?? text.cut(to: 40)
  }

  /// `2026-09-17 21:30:05`, as a text.
  func text(_ time: Timestamp) -> String {
    "\(time.description.prefix(10)) \(time.description.dropFirst(11).prefix(8))"
  }
}
