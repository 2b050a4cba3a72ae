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

  private static func index(of path: String, in sorted: [String]) -> Int? {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < path { low = middle + 1 } else { high = middle }
    }
    return low < sorted.count && sorted[low] == path ? low : nil
  }

  /// The repositories of a registry among which one is, in groups of up to `count` that stay the same while the
  /// watchlist does; `nil` where it is not watched, or alone.
  func group(of path: String, in domain: String, count: Int) -> ArraySlice<String>? {
    paths.withLock { paths in
      guard let all = paths[domain], all.count > 1, let index = Self.index(of: path, in: all) else { return nil }
      let first = index - index % count
      return all[first..<min(first + count, all.count)]
    }
  }
}
