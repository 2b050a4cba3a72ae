package import History
package import ImageModel
package import Questions

/// What is asked, understood.
package struct APIRequest: Sendable {
  package enum Question: Sendable {
    /// Of these tags; `nil` for a part of the watchlist.
    case status([TagReference]?, WatchlistPart)
    case history(TagReference, HistoryQuery)
    case events(EventQuery)
    /// What is recorded behind this event; `nil` for what is recorded from now on.
    case stream(after: EventSequence?)
    /// Without so many matches.
    case which(DigestPrefix, after: Int)
    case diff(TagReference, from: StateArgument?, to: StateArgument?)
    case description
  }

  package let operation: APIOperation
  package let question: Question
  /// How much a page may have.
  package let limit: Int
  private let query: QueryString

  /// - Parameters:
  ///   - query: what follows the question mark, as it came.
  ///   - lastEventID: what a listener had last, which counts for more than where it began.
  package init(
    _ operation: APIOperation, query text: String, lastEventID: String? = nil, now: Timestamp
  ) throws(QuestionError) {
    let query = try QueryString(text, of: operation)
    (self.operation, self.query) = (operation, query)
    limit = try query.limit()
    question =
      switch operation {
      case .status: try Self.status(query)
      case .history: .history(try ReferenceArgument.tag(query[.tag] ?? ""), try Self.history(query, now))
      case .events: .events(try Self.events(query, now))
      case .stream: .stream(after: try Self.place(query, lastEventID))
      case .which: .which(try DigestArgument.prefix(query[.digest] ?? ""), after: try query.place() ?? 0)
      case .diff: try Self.diff(query, now)
      case .description: .description
      }
  }

  /// The value of a `Link` to the next page.
  ///
  /// - Parameter place: where this one ends.
  package func link(after place: some CustomStringConvertible) -> String {
    "<\(operation.path)?\(query.next(after: place))>; rel=\"next\""
  }

  private static func status(_ query: QueryString) throws(QuestionError) -> Question {
    var part = WatchlistPart()
    part.isFailingOnly = try query.flag(.failing)
    part.after = try query[.after(.tag)].map { text throws(QuestionError) in try ReferenceArgument.tag(text) }
    let tags = try ReferenceArgument.tags(query.all(.tags))
    guard tags == nil || query[.limit] == nil && part.after == nil else {
      throw QuestionError(.usage, "tags that are named are not paged (limit, after): leave these out")
    }
    return .status(tags, part)
  }

  private static func history(_ query: QueryString, _ now: Timestamp) throws(QuestionError) -> HistoryQuery {
    var wanted = HistoryQuery(now: now)
    wanted.platforms = try ReferenceArgument.platforms(query.all(.platforms))
    wanted.since = try time(.since, query, now)
    wanted.until = try time(.until, query, now)
    wanted.at = try time(.at, query, now)
    try TimeArgument.check(since: wanted.since, until: wanted.until, as: .parameter)
    wanted.all = try query.flag(.all)
    wanted.before = try query.place().map { SnapshotID(rawValue: Int64($0)) }
    return wanted
  }

  private static func events(_ query: QueryString, _ now: Timestamp) throws(QuestionError) -> EventQuery {
    var wanted = EventQuery()
    wanted.tags = try ReferenceArgument.tags(query.all(.tags)) ?? []
    wanted.types = try TypeArgument.types(query.all(.types), as: .parameter)
    wanted.since = try time(.since, query, now)
    wanted.after = try place(query, nil) ?? .zero
    return wanted
  }

  private static func diff(_ query: QueryString, _ now: Timestamp) throws(QuestionError) -> Question {
    let tag = try ReferenceArgument.tag(query[.tag] ?? "")
    func state(_ parameter: APIParameter) throws(QuestionError) -> StateArgument? {
      try query[parameter].map { text throws(QuestionError) in
        try StateArgument(text, of: tag, now: now, zone: TimeText(isLocal: false))
      }
    }
    return .diff(tag, from: try state(.from), to: try state(.to))
  }

  private static func place(_ query: QueryString, _ lastEventID: String?) throws(QuestionError) -> EventSequence? {
    guard let text = lastEventID ?? query[.after(.sequence)] else { return nil }
    return try SequenceArgument.parse(text, option: lastEventID == nil ? "after" : "Last-Event-ID", as: .parameter)
  }

  private static func time(
    _ parameter: APIParameter, _ query: QueryString, _ now: Timestamp
  ) throws(QuestionError) -> Timestamp? {
    try TimeArgument.parse(query[parameter], option: parameter.name, now: now, as: .parameter)
  }
}
