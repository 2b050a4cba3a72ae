package import ImageModel

/// What listing the tags of a repository has led to so far.
package struct ListingState: Hashable, Sendable {
  /// The last attempt, and the last one that succeeded.
  package var lastListed: Timestamp?
  package var lastSuccess: Timestamp?
  /// `nil`: at once.
  package var nextListing: Timestamp?
  /// Failed attempts in a row.
  package var failures = 0
  package var failingSince: Timestamp?
  package var failure: CheckFailure?
  /// Tags in the last list that could be had, and how many of them fit.
  package var listed: Int?
  package var fitting: Int?

  package init() {}

  package mutating func succeeded(at now: Timestamp, listed: Int, fitting: Int) {
    lastListed = now
    lastSuccess = now
    (failures, failingSince, failure) = (0, nil, nil)
    (self.listed, self.fitting) = (listed, fitting)
  }

  package mutating func failed(_ failure: CheckFailure, at now: Timestamp) {
    lastListed = now
    failures += 1
    failingSince = failingSince ?? now
    self.failure = failure
  }
}

/// A repository of which tags are watched, as the store knows it.
package struct RepositoryRecord: Hashable, Sendable {
  package let repository: RepositoryReference
  /// How many of its tags are watched because of that.
  package let tags: Int
  package let state: ListingState

  package init(repository: RepositoryReference, tags: Int, state: ListingState) {
    self.repository = repository
    self.tags = tags
    self.state = state
  }

  /// Source: docs/reference.md, status.
  package enum Word: String, Sendable, CaseIterable {
    case ok, failing, empty, pending
  }

  package var word: Word {
    if state.failure != nil { return .failing }
    guard state.lastSuccess != nil else { return .pending }
    return state.fitting == 0 ? .empty : .ok
  }

  /// Somebody has to look after it: it cannot be listed, or nothing that is listed fits.
  package var isUnwell: Bool { word == .failing || word == .empty }
}

/// What a list changes.
package struct ListingChange: Sendable {
  package let repository: RepositoryReference
  package let state: ListingState
  /// Tags that are watched from now on; those that are already, by an entry of their own, stay as they are.
  package let arriving: [WatchedTag]
  /// Tags that are not watched any more.
  package let leaving: [TagID]

  package init(repository: RepositoryReference, state: ListingState, arriving: [WatchedTag], leaving: [TagID]) {
    self.repository = repository
    self.state = state
    self.arriving = arriving
    self.leaving = leaving
  }
}
