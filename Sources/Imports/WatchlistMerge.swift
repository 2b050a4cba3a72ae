package import Config
import ImageModel
import StrictJSON

/// Adds entries to the watchlist of a configuration and leaves every other byte as it is.
package enum WatchlistMerge {
  /// - Parameters:
  ///   - bytes: what `config` was read from.
  ///   - images: of these, those that it lacks are added.
  package static func merged(_ bytes: [UInt8], _ config: WatchConfig, _ images: [WatchedImage]) -> [UInt8] {
    let tags = Set(config.watch.map(\.tag))
    let repositories = Set(config.repositories.map(\.repository))
    let lacking = images.filter { image in
      switch image.subject {
      case .tag(let tag): !tags.contains(tag)
      case .repository(let repository): !repositories.contains(repository)
      }
    }
    return adding(lacking, to: bytes)
  }

  /// A configuration of these alone.
  package static func document(_ images: [WatchedImage]) -> [UInt8] {
    adding(images, to: Array("{\n  \"watch\": []\n}\n".utf8))
  }

  private static func adding(_ images: [WatchedImage], to bytes: [UInt8]) -> [UInt8] {
    let entries = images.map { $0.json.spaced }
    // It has been read already, within the limits of configurations.
    let limits = JSONLimits(depth: Limits.jsonDepth, bytes: bytes.count, values: bytes.count)
    let outline = try? StrictJSON.parseOutline(bytes, keeping: ["watch"], limits: limits)
    guard !entries.isEmpty, let root = outline?.value, let members = root.object else { return bytes }
    let insertion: (place: Range<Int>, text: String)
    if let watch = members.first(where: { $0.key == "watch" }), let elements = watch.value.array {
      if let last = elements.last {
        let end = last.range.upperBound
        insertion = (end..<end, appended(entries, to: elements, bytes))
      } else {
        let inside = inside(watch.value)
        let isOpen = isBroken(bytes[inside])
        let margin = space(before: watch.keyRange.lowerBound, bytes)
        insertion = (isOpen ? inside.lowerBound..<inside.lowerBound : inside, list(entries, margin, isOpen: isOpen))
      }
    } else if let last = members.last {
      let margin = space(before: last.keyRange.lowerBound, bytes)
      let end = last.value.range.upperBound
      insertion = (end..<end, ",\(isBroken(margin) ? margin : " ")\"watch\": [\(list(entries, margin, isOpen: false))]")
    } else {
      let inside = inside(root)
      let isOpen = isBroken(bytes[inside])
      let text = "\n  \"watch\": [\(list(entries, "\n  ", isOpen: false))]\(isOpen ? "" : "\n")"
      insertion = (isOpen ? inside.lowerBound..<inside.lowerBound : inside, text)
    }
    return bytes[..<insertion.place.lowerBound] + Array(insertion.text.utf8) + bytes[insertion.place.upperBound...]
  }

  /// What is between the brackets.
  private static func inside(_ value: JSONValue) -> Range<Int> {
    value.range.lowerBound + 1..<value.range.upperBound - 1
  }

  /// Behind the last of a list: as it is separated from the one before, and on a line of its own where any is.
  private static func appended(_ entries: [String], to elements: [JSONValue], _ bytes: [UInt8]) -> String {
    let gaps = elements.map { space(before: $0.range.lowerBound, bytes) }
    let gap = gaps.last(where: isBroken) ?? (gaps.count > 1 ? gaps[gaps.count - 1] : " ")
    return entries.map { ",\(gap)\($0)" }.joined()
  }

  /// The inside of a list of these alone.
  ///
  /// - Parameters:
  ///   - margin: the space before its key.
  ///   - isOpen: whether its end is on a line of its own already.
  private static func list(_ entries: [String], _ margin: String, isOpen: Bool) -> String {
    guard isBroken(margin) else { return entries.joined(separator: ", ") }
    let gap = margin + String(margin[(margin.lastIndex(where: \.isNewline) ?? margin.startIndex)...].dropFirst())
    return gap + entries.joined(separator: "," + gap) + (isOpen ? "" : margin)
  }

  private static func isBroken(_ space: String) -> Bool { space.contains(where: \.isNewline) }

  private static func isBroken(_ space: ArraySlice<UInt8>) -> Bool { space.contains(UInt8(ascii: "\n")) }

  private static func space(before offset: Int, _ bytes: [UInt8]) -> String {
    let start = bytes[..<offset].lastIndex { ![0x20, 0x0a, 0x0d, 0x09].contains($0) }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }
}

extension JSONOutput {
  /// As people write it on one line, `{ "image": "nginx", "platforms": ["linux/arm64"] }`.
  fileprivate var spaced: String {
    switch self {
    case .array(let values): "[\(values.map(\.spaced).joined(separator: ", "))]"
    case .object(let members):
      "{ \(members.map { "\(JSONOutput.string($0.key).spaced): \($0.value.spaced)" }.joined(separator: ", ")) }"
    default: String(decoding: bytes, as: UTF8.self)
    }
  }
}
