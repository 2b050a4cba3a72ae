/// What a poll has cost its registry.
package struct PollSpending: Hashable, Sendable {
  /// Requests to the registry and to its token server.
  package let requests: Int
  /// Who made them, which says nothing secret; `nil` where nobody knows.
  package let account: String?

  package init(requests: Int, account: String? = nil) {
    self.requests = requests
    self.account = account
  }

  /// One request: what a tag that stands still costs.
  package static let one = PollSpending(requests: 1)
}
