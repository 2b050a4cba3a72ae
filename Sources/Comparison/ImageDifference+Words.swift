package import ImageModel

extension ImageDifference {
  /// How the image changed; where it did not, or that cannot be told, that.
  package var word: String {
    let other = from == nil ? "not watched before" : to == nil ? "not watched after" : "unchanged"
    return changeClass?.rawValue ?? other
  }

  /// `53.3 MB -> 54.1 MB (+0.8 MB)`; `nil` where one of them is not known.
  package func sizes(arrow: String) -> String? {
    guard let before = from?.size, let after = to?.size else { return nil }
    guard before != after else { return Words.bytes(after) }
    let sign = after < before ? "-" : "+"
    return "\(Words.bytes(before)) \(arrow) \(Words.bytes(after)) (\(sign)\(Words.bytes(abs(after - before))))"
  }

  /// What differs beside settings and layers, by name.
  package var othersNamed: [String] {
    let words = ["Env": "the order of env", "history": "the history of the build"]
    return others.map { words[$0] ?? $0.shown }
  }

  /// A sentence for each thing that is not known.
  package var doubts: [String] {
    unknown.map { name in
      let parts = name.split(separator: ".")
      let side = parts.first == "from" ? "before" : "after"
      return switch parts.last {
      case "image": "which image it was \(side) is not known: that platform was not watched then"
      case "config": "how it was configured \(side) is not known: its config could not be had"
      default: "which layers it had \(side) is not known: its manifest is not stored"
      }
    }
  }

  /// A setting's value: a text as it is; anything else as JSON.
  package static func words(_ value: JSONOutput) -> String {
    if case .string(let text) = value { return text.shown }
    return String(decoding: value.bytes, as: UTF8.self).shown
  }
}
