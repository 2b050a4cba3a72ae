import StrictJSON

/// Where in a configuration things are set.
package struct ConfigPlaces {
  package enum Step: Hashable, Sendable {
    case key(String)
    /// The first is 0.
    case element(Int)
  }

  /// What `config show` prints in the place of what may be secret.
  package static let masked = "***"

  private let root: JSONValue?
  private var source: SourceDocument
  /// How the file spells the names of registries.
  private let spellings: [String: String]

  /// - Parameters: as of `WatchConfig.parse`, of a configuration that is valid.
  package init(_ bytes: [UInt8], path: String) {
    root = try? StrictJSON.parse(bytes, limits: WatchConfig.limits)
    source = SourceDocument(bytes, path: path)
    let names = root?[Self.registries]?.object?.map(\.key) ?? []
    spellings = Dictionary(names.map { (WatchedDomain($0).canonical, $0) }) { first, _ in first }
  }

  /// `config.json:12:5`; `nil` where it is not set.
  package mutating func place(of steps: [Step]) -> String? {
    value(steps).map { "\(source.path):\(source.place(at: $0.offset))" }
  }

  /// Of each entry of the watchlist, whether it is one for a repository.
  package var areRepositories: [Bool] {
    value([.key("watch")])?.array?.map { $0["repository"] != nil } ?? []
  }

  private static let registries = "registries"

  private func value(_ steps: [Step]) -> JSONValue? {
    var value = root
    for (index, step) in steps.enumerated() {
      switch step {
      case .key(let name) where index == 1 && steps[0] == .key(Self.registries): value = value?[spellings[name] ?? name]
      case .key(let key): value = value?[key]
      case .element(let index): value = value?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
    return value
  }
}
