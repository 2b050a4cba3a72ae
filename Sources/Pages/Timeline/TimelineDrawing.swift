import History
import ImageModel

/// A timeline as SVG: across in percent, so that it fits any screen with letters of one size.
struct TimelineDrawing {
  /// Of a band, from its top; in pixels.
  private static let (bar, barHeight, marks, bandHeight) = (20, 24, 46, 64)
  private static let axisHeight = 24
  /// Between two marks of the axis, in percent.
  private static let tickRoom = 9.0

  let timeline: Timeline
  let times: PageTimes
  /// To where a state is told of.
  let link: (HistoryEntry) -> String

  var html: HTML {
    let height = timeline.bands.count * Self.bandHeight
    let bands = timeline.bands.indices.map(band)
    return """
      <svg class="timeline" width="100%" height="\(height + Self.axisHeight)" role="group" aria-labelledby="timeline">
      <defs>\(Self.patterns)</defs>
      \(ticks(height))\(bands)</svg>

      """
  }

  // MARK: Axis

  private func ticks(_ height: Int) -> [HTML] {
    guard let first = timeline.scale.first, let last = timeline.scale.last else { return [] }
    var marks: [HTML] = []
    var previous = -Self.tickRoom
    for tick in TimeTicks.between(first, last) {
      let x = timeline.scale.x(tick.time)
      guard x - previous >= Self.tickRoom else { continue }
      previous = x
      let anchor = x < 4 ? "start" : x > 96 ? "end" : "middle"
      // On a narrow screen every other one is left out.
      let parity = marks.count % 2 == 0 ? "tick" : "tick odd"
      marks.append(
        """
        <g class="\(parity)"><line x1="\(Self.percent(x))" x2="\(Self.percent(x))" y1="\(Self.bar)" y2="\(height)"/>\
        <text x="\(Self.percent(x))" y="\(height + 16)" text-anchor="\(anchor)">\(tick.label)</text></g>

        """)
    }
    return marks
  }

  // MARK: Bands

  private func band(_ index: Int) -> HTML {
    let band = timeline.bands[index]
    let top = index * Self.bandHeight
    let current = band.segments.last { $0.isCurrent }.map { segment in
      "<text class=\"now\" x=\"100%\" y=\"\(top + 13)\" text-anchor=\"end\">\(segment.identity.short)</text>" as HTML
    }
    // What was not there was not missed.
    let gaps = timeline.gaps.filter { gap in band.segments.contains { $0.start < gap.to && gap.from < $0.end } }
    let deletions = timeline.deletions.filter { deletion in band.segments.contains { $0.end == deletion.from } }
    return """
      <text class="platform" x="0" y="\(top + 13)">\(band.platform?.description ?? "image")</text>\(current ?? "")
      \(rect("track", 0, 100, top))
      \(band.segments.map { segment($0, of: band, top) })\
      \(gaps.map { gap($0, top) })\(deletions.map { deletion($0, top) })
      """
  }

  private func segment(_ segment: Timeline.Segment, of band: Timeline.Band, _ top: Int) -> HTML {
    let (start, end) = (timeline.scale.x(segment.start), timeline.scale.x(segment.end))
    let mark = ImageMark(segment.identity)
    // The colour's own edge stays when a segment is drawn lighter.
    let edge = rect("edge", start, min(end, start + 0.2), top)
    let pattern: HTML = mark.pattern == 0 ? "" : rect("pattern", start, end, top, fill: "url(#p\(mark.pattern))")
    let back: HTML = segment.rollback == nil ? "" : self.mark("back", start, top)
    return """
      <a href="\(link(segment.state))" class="segment c\(mark.colour)\(segment.isRebuild ? " rebuilt" : "")">\
      <title>\(title(segment, of: band))</title>\(rect("image", start, end, top))\(pattern)\(edge)\(back)</a>

      """
  }

  private func title(_ segment: Timeline.Segment, of band: Timeline.Band) -> String {
    let image = segment.image
    let name = image.imageID.map { "image \($0.short)" } ?? "no image ID"
    let seen = "\(times.text(segment.state.firstSeen)) – \(times.text(segment.lastSeen)) UTC"
    let what = [band.platform?.description, segment.state.words, image.changeClass?.rawValue].compactMap(\.self)
    let back = segment.rollback.map { "rollback to what it was until \(times.text($0.lastCurrent))" }
    let lines: [String?] = [
      what.joined(separator: ", "), "\(name), manifest \(image.manifest.short)",
      segment.isCurrent ? "\(seen), and still" : seen, back,
    ]
    return lines.compactMap(\.self).joined(separator: " · ")
  }

  private func gap(_ gap: Timeline.Gap, _ top: Int) -> HTML {
    let start = timeline.scale.x(gap.from)
    let end = start + gap.width
    let often = gap.count == 1 ? "" : "\(gap.count) times, for \(Words.span(seconds: gap.seconds)) in all, "
    let words = "not seen \(often)from \(times.text(gap.from)) to \(times.text(gap.to)): what was there is not known"
    return """
      <g class="gap"><title>\(words)</title>\(rect("veil", start, end, top))\
      \(rect("hatch", start, end, top, fill: "url(#unseen)"))</g>

      """
  }

  private func deletion(_ deletion: Timeline.Deletion, _ top: Int) -> HTML {
    let (start, end) = (timeline.scale.x(deletion.from), timeline.scale.x(deletion.to))
    return """
      <g class="gone"><title>deleted after \(times.text(deletion.from))</title>\(rect("hole", start, end, top))\
      \(mark("cross", start, top))</g>

      """
  }

  // MARK: Shapes

  private func rect(_ name: String, _ start: Double, _ end: Double, _ top: Int, fill: String? = nil) -> HTML {
    let colour: HTML = fill.map { " fill=\"\($0)\"" } ?? ""
    return """
      <rect class="\(name)" x="\(Self.percent(start))" width="\(Self.percent(end - start))" y="\(top + Self.bar)" \
      height="\(Self.barHeight)"\(colour)/>
      """
  }

  private func mark(_ name: String, _ x: Double, _ top: Int) -> HTML {
    "<use href=\"#\(name)\" class=\"mark \(name)\" x=\"\(Self.percent(x))\" y=\"\(top + Self.marks)\"/>"
  }

  /// Laid over colours; hatching for what nobody saw; and the signs below a band, a dozen pixels wide.
  static let patterns: HTML = """
    <pattern id="p1" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
    <rect class="ink" width="2" height="6"/></pattern>\
    <pattern id="p2" width="6" height="6" patternUnits="userSpaceOnUse"><circle class="ink" cx="3" cy="3" r="1.3"/>\
    </pattern>\
    <pattern id="p3" width="5" height="5" patternUnits="userSpaceOnUse"><rect class="ink" width="1.5" height="5"/>\
    </pattern>\
    <pattern id="unseen" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">\
    <rect class="shade" width="1.5" height="7"/></pattern>\
    <g id="back"><path d="M1 6h6a3 3 0 0 1 0 6h-3M4 3L1 6l3 3"/></g><g id="cross"><path d="M-4 3l8 8m0-8l-8 8"/></g>
    """

  /// With two decimals, which is less than a pixel.
  static func percent(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(String(hundredths % 100 + 100).suffix(2))%"
  }
}
