import ImageModel

/// What a form sends. Source: url.spec.whatwg.org, application/x-www-form-urlencoded.
struct FormQuery {
  private let values: [(name: String, value: String)]

  init(_ query: String) {
    values = query.split(separator: "&").map { pair in
      let parts = pair.replacing("+", with: " ").split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (parts[0].percentDecoded, parts.count > 1 ? parts[1].percentDecoded : "")
    }
  }

  /// Of several the first; `nil` for an empty one as well.
  subscript(name: String) -> String? {
    values.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  func number(_ name: String) -> Int? { self[name].flatMap { Int($0) } }
}
