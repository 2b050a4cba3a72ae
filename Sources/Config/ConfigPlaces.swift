import StrictJSON

/// Where in a configuration things are set.
package struct ConfigPlaces {
  package enum Step: Hashable, Sendable {
    case key(String)
    /// The first is 0.
    case element(Int)
  }

  private let root: JSONValue?
  private var source: SourceDocument

  /// - Parameters: as of `WatchConfig.parse`, of a configuration that is valid.
  package init(_ bytes: [UInt8], path: String) {
    root = try? StrictJSON.parse(bytes, limits: WatchConfig.limits)
    source = SourceDocument(bytes, path: path)
  }

  /// `config.json:12:5`; `nil` where it is not set.
  package mutating func place(of steps: [Step]) -> String? {
    value(steps).map { "\(source.path):\(source.place(at: $0.offset))" }
  }

  /// Of each entry of the watchlist, whether it is one for a repository.
  package var areRepositories: [Bool] {
    value([.key("watch")])?.array?.map { $0["repository"] != nil } ?? []
  }

  private func value(_ steps: [Step]) -> JSONValue? {
    var value = root
    for step in steps {
      switch step {
      case .key(let key): value = value?[key]
      case .element(let index): value = value?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
    return value
  }
}
