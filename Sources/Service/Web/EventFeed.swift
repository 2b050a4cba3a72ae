import History
import ImageModel

/// Events for any number of listeners, as server-sent events. One reader looks for all that wait, and keeps what it has
/// found for a while; who has fallen further behind reads on in the database. Nothing is kept for a listener but its
/// place: what it does not take waits in the history.
actor EventFeed {
  private static let pageEvents = 32
  private static let lookSeconds = 1
  fileprivate static let keepAlive = Array(": still here\n\n".utf8)
  private static let retryMilliseconds = 2_000

  private enum Wake {
    case news, silence
  }

  private let page: @Sendable (EventQuery) async throws -> EventPage
  private let silence: Duration
  private var window: EventWindow?
  private var waiting: [Int: (continuation: AsyncStream<Wake>.Continuation, since: ContinuousClock.Instant)] = [:]
  private var listeners = 0
  private var isLooking = false
  private var isStale = false

  /// - Parameter silence: after which a listener is told that the connection lives; proxies close what says nothing.
  init(_ pool: ReaderPool, silence: Duration = .seconds(15)) {
    self.init(silence: silence) { query in try await pool.read { try $0.events(query, limit: Self.pageEvents) } }
  }

  /// - Parameter page: the first events that a query asks for.
  init(silence: Duration = .seconds(15), page: @escaping @Sendable (EventQuery) async throws -> EventPage) {
    (self.silence, self.page) = (silence, page)
  }

  /// What a stream begins with: a listener that is cut off before the first event goes on from here.
  static func opening(after sequence: EventSequence) -> [UInt8] {
    Array("retry: \(retryMilliseconds)\nid: \(ChangeEvent.sequenceText(sequence))\n\n".utf8)
  }

  /// What was recorded behind `sequence`, and then what is, until the listener goes.
  nonisolated func events(after sequence: EventSequence) -> AsyncStream<[UInt8]> {
    let listener = Listener(self, after: sequence)
    return AsyncStream(unfolding: { await listener.next() })
  }

  /// Looks once a second, for groups and what else is recorded beside the polls as well.
  func run() async {
    while (try? await Task.sleep(for: .seconds(Self.lookSeconds))) != nil {
      await look()
      let now = ContinuousClock.now
      for waiter in waiting.values where now - waiter.since >= silence {
        waiter.continuation.yield(.silence)
      }
    }
  }

  /// How many wait for what is recorded next.
  var listening: Int { waiting.count }

  /// Something was committed.
  nonisolated func noteCommit() { Task { await look() } }

  /// - Throws: `StoreError`; `CancellationError` where the listener has gone.
  fileprivate func next(after start: EventSequence) async throws -> EventPiece {
    var place = start
    while true {
      if let window, window.after <= place {
        let piece = EventPiece(window.frames, after: place)
        if !piece.bytes.isEmpty { return piece }
        // Nobody has waited for long.
        if window.last < place, waiting.isEmpty { self.window = EventWindow(after: place) }
        if try await wait() == .silence { return EventPiece(bytes: Self.keepAlive, last: place) }
      } else {
        // As it is now: it may move on while this is read.
        let kept = window?.after ?? .zero
        let page = try await read(after: place)
        guard page.events.isEmpty else { return EventPiece(page.events.map(EventFrame.init), after: place) }
        place = max(page.last, kept)
        if window == nil { window = EventWindow(after: place) }
      }
    }
  }

  private func wait() async throws -> Wake {
    let (wakes, continuation) = AsyncStream.makeStream(of: Wake.self, bufferingPolicy: .bufferingOldest(1))
    listeners += 1
    let number = listeners
    waiting[number] = (continuation, .now)
    defer { waiting[number] = nil }
    for await wake in wakes { return wake }
    throw CancellationError()
  }

  func look() async {
    isStale = true
    guard !isLooking else { return }
    isLooking = true
    defer { isLooking = false }
    while isStale, !waiting.isEmpty, let last = window?.last {
      // What is committed from now on may not be in what is read.
      isStale = false
      // A look that fails is followed by another in a second.
      guard let page = try? await read(after: last) else { return }
      // Meanwhile all may have gone, and another come.
      guard window?.last == last else {
        isStale = true
        continue
      }
      if page.isFull { isStale = true }
      window?.append(page)
      guard !page.events.isEmpty else { continue }
      for waiter in waiting.values { waiter.continuation.yield(.news) }
    }
  }

  private func read(after sequence: EventSequence) async throws -> EventPage {
    var query = EventQuery()
    query.after = sequence
    return try await page(query)
  }
}

/// A listener's place in the events.
private actor Listener {
  private static let pauseSeconds = 1

  private let feed: EventFeed
  private var last: EventSequence

  init(_ feed: EventFeed, after sequence: EventSequence) { (self.feed, last) = (feed, sequence) }

  /// - Returns: `nil` where it is over.
  func next() async -> [UInt8]? {
    do {
      let piece = try await feed.next(after: last)
      last = piece.last
      return piece.bytes
    } catch let error as StoreError where error.code == .busy {
      // Many come back at once when the daemon has started again.
      return (try? await Task.sleep(for: .seconds(Self.pauseSeconds))) == nil ? nil : EventFeed.keepAlive
    } catch {
      return nil
    }
  }
}
