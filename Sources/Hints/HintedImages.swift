import Config
import ImageModel
import StrictJSON

/// Gathers what a payload names, under the names that the watchlist has.
struct HintedImages {
  /// In the place of what the payload says.
  let registry: String?
  private(set) var all: Set<HintedImage> = []

  init(registry: String?) { self.registry = registry }

  /// - Parameters:
  ///   - host: of the registry, where the payload says so.
  ///   - tag: `nil` for the whole repository.
  mutating func add(host: String?, _ path: String, tag: String?) throws(HintRefusal) {
    guard let host = registry ?? host else { throw .registry(nil) }
    guard host == "localhost" || host.contains(where: { ".:".contains($0) }), !host.contains("/") else {
      throw .registry(host)
    }
    let text = "\(host)/\(path)" + (tag.map { ":\($0)" } ?? "")
    // A name within the name would be taken for the tag.
    guard !path.contains(where: { ":@".contains($0) }), tag.map(TagReference.isTag) ?? true,
      let reference = (try? WrittenReference(text))?.canonical, let found = reference.tagReference
    else { throw .name(text) }
    // Whoever sends more has those beyond found in their time.
    guard all.count < Limits.hintImages else { return }
    all.insert(HintedImage(found.repository, tag: tag))
  }

  /// An image as people write it, with a tag.
  mutating func add(reference text: String) throws(HintRefusal) {
    guard let reference = (try? WrittenReference(text))?.canonical, let tag = reference.tagReference else {
      throw .name(text)
    }
    try add(host: tag.domain, tag.path, tag: tag.tag)
  }

  /// The parts of `host/path:tag` or `host/path@digest`.
  static func parts(_ text: String) throws(HintRefusal) -> (host: String, path: String, tag: String?) {
    guard let slash = text.firstIndex(of: "/") else { throw .name(text) }
    let name = text[text.index(after: slash)...].prefix { $0 != "@" }
    let path = name.prefix { $0 != ":" }
    let tag = name[path.endIndex...].dropFirst()
    return (String(text[..<slash]), String(path), tag.isEmpty ? nil : String(tag))
  }
}

extension JSONValue {
  /// A member within members.
  func value(_ path: String...) -> JSONValue? { value(path) }

  private func value(_ path: [String]) -> JSONValue? {
    path.reduce(self as JSONValue?) { $0?[$1] }.flatMap { $0.isNull ? nil : $0 }
  }

  /// One that has to be there.
  func text(_ path: String...) throws(HintRefusal) -> String {
    guard let text = try optionalText(path) else { throw .member(path.joined(separator: ".")) }
    return text
  }

  /// `nil` where it is not there, or empty.
  func optionalText(_ path: String...) throws(HintRefusal) -> String? { try optionalText(path) }

  private func optionalText(_ path: [String]) throws(HintRefusal) -> String? {
    guard let value = value(path) else { return nil }
    guard let text = value.string else { throw .member(path.joined(separator: ".")) }
    return text.isEmpty ? nil : text
  }

  func list(_ path: String...) throws(HintRefusal) -> [JSONValue] {
    guard let list = value(path)?.array else { throw .member(path.joined(separator: ".")) }
    return list
  }
}
