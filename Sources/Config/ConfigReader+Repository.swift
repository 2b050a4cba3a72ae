import ImageModel
import StrictJSON

extension ConfigReader {
  private static let defaultMaxTags = 50

  /// An entry for a repository.
  mutating func repository(_ entry: Section, _ settings: EntrySettings, _ list: inout Watchlist) {
    let include = expressions(entry, "include_tags")
    let exclude = expressions(entry, "exclude_tags")
    let size = (include + exclude).reduce(0) { $0 + $1.size }
    if size > TagSelection.sizeLimit {
      error(
        at: entry.offset(exclude.isEmpty ? "include_tags" : "exclude_tags"),
        "the expressions of this entry come to \(size) states together, more than \(TagSelection.sizeLimit)",
        hint: "repeat less in them, or write some of the tags with \"image\" instead")
    }
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
    let texts = strings(entry, key) ?? []
    let most = entry.keys[key].range.upperBound
    guard texts.count <= most else {
      error(
        at: entry.offset(key), "\(quoted(key)) has \(texts.count) expressions, more than \(most)",
        hint: "join some with |: \"alpine|slim\"")
      return []
    }
    var patterns: [TagPattern] = []
    for (text, offset) in texts {
      guard !text.isEmpty else {
        error(at: offset, "\"\" in \(quoted(key)) fits every tag", hint: "leave it out, or write what is meant")
        continue
      }
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
