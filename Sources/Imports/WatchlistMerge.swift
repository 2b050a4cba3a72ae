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
    let insertion: (offset: Int, text: String)
    if let watch = members.first(where: { $0.key == "watch" }), let elements = watch.value.array {
      insertion =
        elements.isEmpty
        ? filled(watch.value.range, entries, margin: space(before: watch.keyRange.lowerBound, bytes), bytes)
        : (elements[elements.count - 1].range.upperBound, appended(entries, to: elements, bytes))
    } else if let last = members.last {
      let margin = space(before: last.keyRange.lowerBound, bytes)
      let list = filled(0..<0, entries, margin: margin, []).text
      insertion = (last.value.range.upperBound, ",\(isBroken(margin) ? margin : " ")\"watch\": [\(list)]")
    } else {
      let isOpen = isBroken(space(before: root.range.upperBound - 1, bytes))
      let list = filled(0..<0, entries, margin: "\n  ", []).text
      insertion = (root.range.lowerBound + 1, "\n  \"watch\": [\(list)]\(isOpen ? "" : "\n")")
    }
    return bytes[..<insertion.offset] + Array(insertion.text.utf8) + bytes[insertion.offset...]
  }

  /// Behind the last of a list: as it is separated from the one before, and on a line of its own where any is.
  private static func appended(_ entries: [String], to elements: [JSONValue], _ bytes: [UInt8]) -> String {
    let gaps = elements.map { space(before: $0.range.lowerBound, bytes) }
    let gap = gaps.last(where: isBroken) ?? (gaps.count > 1 ? gaps[gaps.count - 1] : " ")
    return entries.map { ",\(gap)\($0)" }.joined()
  }

  /// In an empty list, or one that is about to be.
  ///
  /// - Parameter margin: the space before its key.
  private static func filled(
    _ list: Range<Int>, _ entries: [String], margin: String, _ bytes: [UInt8]
  ) -> (offset: Int, text: String) {
    let offset = list.lowerBound + 1
    guard isBroken(margin) else { return (offset, entries.joined(separator: ", ")) }
    let gap = margin + String(margin[(margin.lastIndex(where: \.isNewline) ?? margin.startIndex)...].dropFirst())
    let isOpen = list.count > 2 && isBroken(space(before: list.upperBound - 1, bytes))
    return (offset, gap + entries.joined(separator: "," + gap) + (isOpen ? "" : margin))
  }

  private static func isBroken(_ space: String) -> Bool { space.contains(where: \.isNewline) }

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
