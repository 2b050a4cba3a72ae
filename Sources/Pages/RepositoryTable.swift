import History
import ImageModel

/// The repositories of which tags are watched; those that are not well first.
struct RepositoryTable {
  private static let shown = 100

  let repositories: [RepositoryRecord]
  let times: PageTimes

  var html: HTML {
    guard !repositories.isEmpty else { return "" }
    let sorted = repositories.filter(\.isUnwell) + repositories.filter { !$0.isUnwell }
    let more = sorted.count - Self.shown
    let rest: HTML = more > 0 ? "<p>and \(Words.count(more, "other"))</p>\n" : ""
    return """
      <section aria-labelledby="repositories">
      <h2 id="repositories">Repositories</h2>
      <table class="sinks">
      <thead><tr><th scope="col">State</th><th scope="col">Repository</th><th scope="col" class="number">Tags</th>\
      <th scope="col">Listed</th></tr></thead>
      <tbody>
      \(sorted.prefix(Self.shown).map(row))</tbody>
      </table>
      \(rest)</section>

      """
  }

  private func row(_ repository: RepositoryRecord) -> HTML {
    let kind = repository.isUnwell ? "bad" : repository.word == .pending ? "idle" : "good"
    let trouble: HTML = self.trouble(repository).map { "<p class=\"bad\">\($0)</p>" } ?? ""
    return """
      <tr><td><span class="state \(kind)">\(repository.word.rawValue)</span></td>\
      <th scope="row">\(repository.repository.familiar)\(trouble)</th>\
      <td class="number">\(repository.tags)</td>\
      <td class="when">\(times.second(repository.state.lastSuccess))</td></tr>

      """
  }

  private func trouble(_ repository: RepositoryRecord) -> HTML? {
    switch repository.word {
    case .failing:
      repository.state.failure.map { failure in
        let since: HTML = repository.state.failingSince.map { "Since \(times.second($0)): " } ?? ""
        return "\(since)\(failure.message) <small>\(failure.code.rawValue)</small>"
      }
    case .empty where repository.state.listed == 0: "Its registry lists no tag of it"
    case .empty: "None of its tags fits: correct include_tags and exclude_tags"
    case .ok, .pending: nil
    }
  }
}
