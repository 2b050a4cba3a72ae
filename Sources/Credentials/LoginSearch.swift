/// What files say of one registry and repository. Pure: files in, what to do out.
struct LoginSearch: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    case login(Login, place: String)
    /// To be asked first; what it does not know may stand in later steps.
    case helper(name: String, server: String, place: String)
    /// A log-in that only a helper has, and nothing says which.
    case missingHelper(place: String, key: String)
  }

  /// In the order in which they are to be tried.
  private(set) var steps: [Step] = []

  /// - Parameter files: in their order, with what they are called in messages.
  init(_ query: LoginQuery, in files: [(name: String, file: AuthFile)]) {
    for (name, file) in files {
      let key = file.entries.keys.best(for: query)
      let helper = Self.helper(of: file, query)
      if let helper {
        steps.append(.helper(name: helper, server: LoginKey.server(query.domain), place: name))
      }
      switch key.flatMap({ file.entries[$0] }) {
      case .login(let login): steps.append(.login(login, place: name))
      case .marker where helper == nil:
        steps.append(.missingHelper(place: name, key: key ?? ""))
      case .marker, nil: break
      }
    }
  }

  /// That of the registry before that of all.
  private static func helper(of file: AuthFile, _ query: LoginQuery) -> String? {
    let own = file.helpers.keys.best(for: query).flatMap { file.helpers[$0] }
    return (own ?? file.store).flatMap { $0.isEmpty ? nil : $0 }
  }
}
