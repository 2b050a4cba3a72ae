import History

/// Shows events as they are recorded, by whomever: looks once a second, whether a daemon runs or not.
struct EventFollower {
  private static let pauseMilliseconds: Int32 = 1_000

  /// Of the database, which may be made only later.
  let path: String

  /// Returns when the process is told to stop, nobody reads standard output any more, or enough was shown.
  func run(_ listing: inout EventListing) throws {
    let output = StoppableOutput()
    var isMissing = false
    do {
      while listing.left > 0 {
        do {
          // A new connection each time: one that was opened without the log's files would never see what is new.
          try listing.look(try HistoryReader.open(path)) { for piece in $0 { try output.write(piece) } }
          isMissing = false
        } catch let error as StoreError where error.code == .missing {
          if !isMissing { Output.warning("nothing to follow yet, waiting for it: \(error.message)") }
          isMissing = true
        } catch let error as StoreError where error.code == .busy {
          // It is free again in a moment.
        }
        if listing.left > 0 { try output.rest(milliseconds: Self.pauseMilliseconds) }
      }
    } catch is OutputEnded {}
  }
}
