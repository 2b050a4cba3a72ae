import Synchronization

/// Which repositories are watched, by registry: a token may be asked for several at once.
package final class WatchedRepositories: Sendable {
  /// Sorted.
  private let paths = Mutex<[String: [String]]>([:])

  package init() {}

  /// - Parameter names: domain and path of each; of the same any number.
  package func watch(_ names: some Sequence<(domain: String, path: String)>) {
    var found: [String: Set<String>] = [:]
    for name in names { found[name.domain, default: []].insert(name.path) }
    let sorted = found.mapValues { $0.sorted() }
    paths.withLock { $0 = sorted }
  }

  /// The repositories of a registry among which one is, in groups of up to `count` that stay the same while the
  /// watchlist does; `nil` where it is not watched, or alone.
  func group(of path: String, in domain: String, count: Int) -> ArraySlice<String>? {
    paths.withLock { paths in
      guard let all = paths[domain], all.count > 1, let index = all.firstIndex(of: path) else { return nil }
      let first = index - index % count
      return all[first..<min(first + count, all.count)]
    }
  }
}
