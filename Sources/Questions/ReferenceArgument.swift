import Config
package import ImageModel

/// Image references, made the ones that the history knows, and platforms, as people write them.
package enum ReferenceArgument {
  package static func reference(_ text: String) throws(QuestionError) -> ImageReference {
    do {
      return try WrittenReference(text).canonical
    } catch {
      let shown = WrittenReference.withoutUserinfo(text) ?? text
      throw QuestionError(.usage, "not an image reference (\(shown.safe(limit: 300))): \(error.explanation)")
    }
  }

  /// A tag, in any form of the reference grammar; a digest beside it is not looked at.
  package static func tag(_ text: String) throws(QuestionError) -> TagReference {
    guard let tag = try reference(text).tagReference else {
      throw QuestionError(
        .usage, "not a tag (\(text.safe(limit: 300))): a digest names one image for ever; name a tag")
    }
    return tag
  }

  /// Tags in the order given, each once; `nil` if there are none.
  package static func tags(_ texts: [String]) throws(QuestionError) -> [TagReference]? {
    var tags: [TagReference] = []
    var known: Set<TagReference> = []
    for text in texts {
      let tag = try tag(text)
      if known.insert(tag).inserted { tags.append(tag) }
    }
    return tags.isEmpty ? nil : tags
  }

  /// Platforms in the order given, each once. `*` and no platform at all stand for every one, which is empty.
  package static func platforms(_ texts: [String]) throws(QuestionError) -> [Platform] {
    var platforms: [Platform] = []
    for text in texts.lazy.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      if text == "*" { return [] }
      guard let platform = Platform(String(text)) else {
        throw QuestionError(
          .usage, "not a platform (\(String(text).safe(limit: 100))): write os/arch or os/arch/variant, as linux/arm64")
      }
      if !platforms.contains(platform) { platforms.append(platform) }
    }
    return platforms
  }
}
