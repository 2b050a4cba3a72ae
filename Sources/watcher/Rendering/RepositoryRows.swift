import History
import ImageModel
import Questions

/// The repositories of `status`: those that are not well first.
struct RepositoryRows {
  let repositories: [RepositoryRecord]
  let now: Timestamp

  func lines(_ format: TextFormat) -> [String] {
    guard !repositories.isEmpty else { return [] }
    let sorted = repositories.filter(\.isUnwell) + repositories.filter { !$0.isUnwell }
    var table = TextTable(["STATE", "REPOSITORY", "TAGS", .init("LISTED (\(format.times.zone))")])
    table.rows = sorted.map { repository in
      [
        .init(repository.word.rawValue, repository.paint), .init(repository.repository.familiar.shown, .strong),
        .init(tags(repository)), .init(format.times(repository.state.lastSuccess)),
      ]
    }
    let lines = table.lines(format.style)
    return [lines[0]]
      + zip(lines.dropFirst(), sorted).flatMap { line, repository in [line] + details(repository, format) }
  }

  /// `20 of 1234`; where more of them fit than are watched, `20 (300 of 1234 fit)`.
  private func tags(_ repository: RepositoryRecord) -> String {
    guard let listed = repository.state.listed else { return "\(repository.tags)" }
    guard let fitting = repository.state.fitting, fitting != repository.tags else {
      return "\(repository.tags) of \(listed)"
    }
    return "\(repository.tags) (\(fitting) of \(listed) fit)"
  }

  private func watchedOn(_ repository: RepositoryRecord) -> String {
    repository.tags == 0 ? "" : "; those seen before are watched until they count as deleted"
  }

  private func details(_ repository: RepositoryRecord, _ format: TextFormat) -> [String] {
    let state = repository.state
    let text: String? =
      switch repository.word {
      case .failing:
        state.failure.map { failure in
          let since = state.failingSince.map { "since \(format.times($0)), now " } ?? ""
          return "\(since)\(failure.code.rawValue): \(failure.message)"
        }
      case .empty where state.listed == 0: "its registry lists no tag of it" + watchedOn(repository)
      case .empty:
        "none of its tags fits: correct include_tags and exclude_tags" + watchedOn(repository)
      case .ok, .pending: nil
      }
    return text.map { Lines.of($0, width: format.width).map { format.style.paint($0, .bad) } } ?? []
  }
}

extension RepositoryRecord {
  fileprivate var paint: Style.Paint {
    switch word {
    case .ok: .good
    case .failing, .empty: .bad
    case .pending: .faint
    }
  }
}
