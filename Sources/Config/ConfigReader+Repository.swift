import ImageModel
import StrictJSON

extension ConfigReader {
  /// A pattern this long is no tag filter, and the compiler of expressions recurses on its parentheses.
  private static let patternBytes = 256
  private static let defaultMaxTags = 50

  /// An entry for a repository. It is checked completely, so that it stays valid once it can be used.
  mutating func repository(_ entry: Section, _ settings: EntrySettings, _ list: inout Watchlist) {
    let include = expressions(entry, "include_tags")
    let exclude = expressions(entry, "exclude_tags")
    let maxTags = integer(entry, "max_tags") ?? Self.defaultMaxTags
    let offset = entry.offset("repository")
    guard let text = string(entry, "repository"), let name = repositoryName(text, at: offset) else { return }
    let canonical = "\(name.domain)/\(name.path)"
    if let first = list.names[canonical] {
      repeated(canonical, at: offset, first: first)
      return
    }
    list.names[canonical] = offset
    notBuilt(
      at: entry.keyOffset("repository"), "watching a whole \"repository\" is", hint: "name each tag as an \"image\"")
    list.repositories.append(
      RepositoryEntry(
        domain: name.domain, path: name.path, includeTags: include, excludeTags: exclude, maxTags: maxTags,
        intervalSeconds: settings.values.intervalSeconds, selection: settings.values.selection,
        sinks: settings.values.sinks, unreachableAfterSeconds: settings.values.unreachableAfterSeconds,
        labels: settings.labels, line: source.line(at: settings.offset)))
  }

  private mutating func repositoryName(_ text: String, at offset: Int) -> TagReference? {
    let last = text.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard !last.contains(":"), !text.contains("@") else {
      error(
        at: offset, "\"repository\" must not name a tag or a digest", hint: "write the tag with \"image\" instead")
      return nil
    }
    return watchedTag(text, at: offset)?.tag
  }

  /// Regular expressions, each of which compiles.
  private mutating func expressions(_ entry: Section, _ key: String) -> [String] {
    let texts = strings(entry, key) ?? []
    for (text, offset) in texts {
      guard text.utf8.count <= Self.patternBytes else {
        error(at: offset, "a regular expression in \(quoted(key)) is longer than \(Self.patternBytes) bytes")
        continue
      }
      do {
        _ = try Regex(text)
      } catch {
        self.error(at: offset, "\(quoted(text)) in \(quoted(key)) is not a regular expression")
      }
    }
    return texts.map(\.text)
  }
}
