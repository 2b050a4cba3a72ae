import ImageModel

/// The tags of one registry that wait for their time, and what the registry bears.
struct RegistryQueue: Sendable {
  typealias Entry = AccountQueue.Entry

  /// Accounts that requests are counted for; those beyond are counted together with those that are not known.
  private static let accountLimit = 64

  var maxConcurrency: Int
  /// By each account; `nil`: any number.
  private(set) var requestsPerSecond: Double?
  /// Nothing is due before this.
  var pausedUntil = BootTime.distantPast
  /// How often in a row the registry asked to be left alone. Above zero one poll at a time goes out, until
  /// one comes back without a new request: a window that has just opened must not be filled at once.
  var strikes = 0
  /// First that of tags of which nobody knows yet who asks for them.
  private var accounts: [AccountQueue]
  private var indexOfAccount: [String: Int] = [:]

  init(maxConcurrency: Int, requestsPerSecond: Double?) {
    self.maxConcurrency = max(1, maxConcurrency)
    self.requestsPerSecond = requestsPerSecond
    accounts = [AccountQueue(requestsPerSecond)]
  }

  var free: Int { max(0, (strikes > 0 ? 1 : maxConcurrency) - accounts.reduce(0) { $0 + $1.inFlight }) }

  /// A poll under way counts for this registry from now on, or no more.
  mutating func count(_ polls: Int, of account: UInt16) { accounts[Int(account)].inFlight += polls }

  mutating func setRate(_ requestsPerSecond: Double?) {
    guard requestsPerSecond != self.requestsPerSecond else { return }
    self.requestsPerSecond = requestsPerSecond
    for index in accounts.indices { accounts[index].setRate(requestsPerSecond) }
  }

  /// - Parameter name: says who asks, and nothing secret.
  mutating func account(_ name: String) -> UInt16 {
    if let index = indexOfAccount[name] { return UInt16(index) }
    guard accounts.count < Self.accountLimit else { return 0 }
    indexOfAccount[name] = accounts.count
    accounts.append(AccountQueue(requestsPerSecond))
    return UInt16(accounts.count - 1)
  }

  mutating func insert(_ entry: Entry, of account: UInt16) { accounts[Int(account)].insert(entry) }

  /// Takes the first entry that is due and whose account may make a request.
  mutating func popDue(at now: BootTime, slots: [PollSlot]) -> Entry? {
    guard now >= pausedUntil else { return nil }
    var first: (account: Int, entry: Entry)?
    for index in accounts.indices {
      guard let entry = accounts[index].due(at: now) else { continue }
      if first.map({ entry < $0.entry }) ?? true { first = (index, entry) }
    }
    guard let first else { return nil }
    accounts[first.account].takeFirst(slots)
    return first.entry
  }

  /// The earliest moment at which `popDue` has something.
  func next(after now: BootTime) -> BootTime? {
    accounts.lazy.compactMap { $0.next(after: now) }.min().map { max($0, pausedUntil) }
  }

  /// A poll has ended.
  ///
  /// - Parameters:
  ///   - started: the account that it was started for; `nil` for one that `popDue` did not give.
  ///   - account: the one that it turned out to be for.
  mutating func settle(_ requests: Int, started: UInt16?, account: UInt16, at now: BootTime) {
    if let started { accounts[Int(started)].end(at: now) }
    accounts[Int(account)].charge(requests, at: now)
  }

  /// An entry has lost its ticket. Memory stays bounded when tags leave before their time again and again.
  mutating func invalidateOne(of account: UInt16, slots: [PollSlot]) { accounts[Int(account)].invalidateOne(slots) }

  /// Gives every overdue tag the new time that `later` says.
  mutating func postpone(dueBy now: BootTime, slots: inout [PollSlot], to later: (PollSlot) -> BootTime) {
    for index in accounts.indices { accounts[index].postpone(dueBy: now, slots: &slots, to: later) }
  }
}
