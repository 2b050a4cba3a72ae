import Answers
import Comparison
import ImageModel
import Questions

/// Two states side by side, for people.
struct DiffRendering {
  let answer: DiffAnswer

  func text(_ format: TextFormat) -> String {
    var heads = TextTable(["", "", "", ""])
    heads.rows = [("from", answer.from), ("to", answer.to)].map { name, side in
      [
        .init(name, .faint), .init(side.tag.familiar.shown, .strong), .init(format.digests(side.digest)),
        .init(side.firstSeen.map { "seen from \(format.times($0)) on" } ?? "as its registry says now"),
      ]
    }
    var lines = heads.lines(format.style)
    if answer.differences.isEmpty { lines += ["", "neither has an image of a platform that is watched"] }
    for difference in answer.differences { lines += [""] + self.lines(difference, format) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func lines(_ difference: ImageDifference, _ format: TextFormat) -> [String] {
    var lines = [head(difference, format)]
    guard difference.changeClass != nil else { return lines + unknown(difference, format) }
    if difference.isOnlyBuildTime == true { lines += ["  No difference but the time of the build"] }
    if difference.from != nil, difference.to != nil {
      lines += created(difference, format)
      lines += layers(difference, format)
      for change in difference.settings { lines += setting(change, format) }
      lines += others(difference, format)
    } else if let size = (difference.to ?? difference.from)?.size {
      lines.append("  \(Words.count(layerCount(difference), "layer")), \(Words.bytes(size))")
    }
    if let link = difference.link { lines.append("  \(link.shown)") }
    return lines + unknown(difference, format)
  }

  private func unknown(_ difference: ImageDifference, _ format: TextFormat) -> [String] {
    difference.doubts.flatMap { Lines.of($0, width: format.width, margin: 2) }
      .map { format.style.paint($0, .notable) }
  }

  private func others(_ difference: ImageDifference, _ format: TextFormat) -> [String] {
    let names = difference.othersNamed
    guard !names.isEmpty else { return [] }
    return Lines.of("Differs as well: \(names.joined(separator: ", "))", width: format.width, margin: 2)
  }

  private func head(_ difference: ImageDifference, _ format: TextFormat) -> String {
    func image(_ side: ComparedImage?) -> String? {
      side.map { ImageWords.named($0.image.imageID, manifest: $0.image.manifest, format.digests) }
    }
    let isRepacked = difference.changeClass == .repacked || difference.changeClass == nil
    let digests =
      isRepacked ? [image(difference.to ?? difference.from)] : [image(difference.from), image(difference.to)]
    let words = [
      format.style.paint(difference.platform.words.shown, .strong), difference.word,
      digests.compactMap(\.self).joined(separator: " -> "),
    ]
    return words.joined(separator: "  ")
  }

  private func created(_ difference: ImageDifference, _ format: TextFormat) -> [String] {
    let dates = [difference.from, difference.to].map { format.times.created($0?.image.config?.created) }
    return dates[0] == dates[1] ? [] : ["  created  \(dates[0]) -> \(dates[1])"]
  }

  private func layers(_ difference: ImageDifference, _ format: TextFormat) -> [String] {
    guard let layers = difference.layers,
      !layers.kept.isEmpty || !layers.added.isEmpty || !layers.removed.isEmpty
    else { return [] }
    let counts = "\(layers.kept.count) kept, \(layers.added.count) added, \(layers.removed.count) removed"
    return ["  layers   \(counts)\(difference.sizes(arrow: "->").map { ", \($0)" } ?? "")"]
      + layers.removed.map { format.style.paint("    - \(self.layer($0, format))", .bad) }
      + layers.added.map { format.style.paint("    + \(self.layer($0, format))", .good) }
  }

  private func layer(_ layer: ComparedImage.Layer, _ format: TextFormat) -> String {
    format.digests(layer.digest) + (layer.size.map { "  \(Words.bytes($0))" } ?? "")
  }

  private func setting(_ change: ImageDifference.SettingChange, _ format: TextFormat) -> [String] {
    ["  \(change.name.shown)"]
      + [
        change.from.map { format.style.paint("    - \(ImageDifference.words($0))", .bad) },
        change.to.map { format.style.paint("    + \(ImageDifference.words($0))", .good) },
      ].compactMap(\.self)
  }

  private func layerCount(_ difference: ImageDifference) -> Int {
    (difference.to ?? difference.from)?.layers?.count ?? 0
  }
}
