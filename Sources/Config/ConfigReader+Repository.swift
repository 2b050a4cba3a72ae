import ImageModel
import StrictJSON

extension ConfigReader {
  private static let defaultMaxTags = 50

  /// An entry for a repository.
  mutating func repository(_ entry: Section, _ settings: EntrySettings, _ list: inout Watchlist) {
    let include = expressions(entry, "include_tags")
    let exclude = expressions(entry, "exclude_tags")
    let maxTags = integer(entry, "max_tags") ?? Self.defaultMaxTags
    let offset = entry.offset("repository")
    guard let text = string(entry, "repository"), let name = repositoryName(text, at: offset) else { return }
    let repository = RepositoryReference(domain: name.domain, path: name.path)
    if let first = list.names[repository] {
      repeated(repository.description, at: offset, first: first)
      return
    }
    list.names[repository] = offset
    list.repositories.append(
      RepositoryEntry(
        repository: repository, tags: TagSelection(include: include, exclude: exclude, maxTags: maxTags),
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

  private mutating func expressions(_ entry: Section, _ key: String) -> [TagPattern] {
    var patterns: [TagPattern] = []
    for (text, offset) in strings(entry, key) ?? [] {
      do throws(TagPattern.Problem) {
        patterns.append(try TagPattern(text))
      } catch {
        self.error(
          at: source.offset(of: error.offset, inStringAt: offset), "\(quoted(text)) in \(quoted(key)): \(error.reason)")
      }
    }
    return patterns
  }
}
