import ArgumentParser
import History
import ImageModel
import Questions

/// What shells complete the values of options and arguments to.
enum Completions {
  /// More than anybody reads.
  private static let limit = 500

  static let eventTypes = CompletionKind.list(EventType.allCases.map(\.rawValue))

  /// Those of most images. Any other can be written.
  static let platforms = CompletionKind.list([
    "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/386", "linux/ppc64le", "linux/riscv64",
    "linux/s390x", "windows/amd64",
  ])

  /// Tags of the database that the command line means.
  static let tags = CompletionKind.custom { words, index, _ in
    let begun = words.indices.contains(index) ? words[index] : ""
    let names = read(words) { try $0.tagNames(limit: limit) { $0.hasPrefix(begun) } } ?? []
    // There what follows a colon would be a description.
    return CompletionShell.requesting == .zsh ? names.map { $0.replacing(":", with: "\\:") } : names
  }

  /// Recorded digests, as they are begun: with their algorithm or without.
  static let digests = CompletionKind.custom { words, index, _ in
    let begun = words.indices.contains(index) ? words[index] : ""
    guard let prefix = try? DigestPrefix(begun, shortest: 1) else { return [] }
    let digests = read(words) { try $0.digests(prefix, limit: limit).map(\.description) } ?? []
    return prefix.algorithm == nil ? digests.map { String($0.drop { $0 != ":" }.dropFirst()) } : digests
  }

  /// Digests of the states of the tag that was named before.
  static let states = CompletionKind.custom { words, _, _ in
    let tags = words.compactMap { try? ReferenceArgument.tag($0) }
    return read(words) { reader in
      for tag in tags {
        let digests = try reader.states(of: tag, limit: limit)
        if !digests.isEmpty { return digests.map { String($0.hex.prefix(12)) } }
      }
      return []
    } ?? []
  }

  static let sinks = CompletionKind.custom { words, _, _ in read(words) { try $0.sinkNames() } ?? [] }

  /// What no shell takes for anything but letters. Bash expands what it completes to, and whoever may write to the
  /// database is not whoever presses the key.
  private static func isPlain(_ name: String) -> Bool {
    name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20) || ".-_/:@[]".utf8.contains($0)
    }
  }

  /// Nothing where there is no database, or none that can be read: a shell shows no errors.
  private static func read(_ words: [String], _ names: (HistoryReader) throws -> [String]) -> [String]? {
    var source = QueryOptions()
    source.config = ConfigOption()
    source.database = DatabaseOption()
    source.config.config = value(of: "--config", in: words)
    source.database.database = value(of: "--database", in: words)
    return try? names(source.open(say: { _ in })).filter(isPlain)
  }

  private static func value(of option: String, in words: [String]) -> String? {
    if let word = words.last(where: { $0.hasPrefix(option + "=") }) { return String(word.dropFirst(option.count + 1)) }
    guard let index = words.lastIndex(of: option), index + 1 < words.count else { return nil }
    return words[index + 1]
  }
}
