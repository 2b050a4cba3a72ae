import Synchronization

/// Where the news of glances goes: of many at once, whatever batch they were of.
package final class GlanceDesk: Sendable {
  private let report: @Sendable (GlanceReport) -> Void
  private let gathered = Mutex(GlanceReport())
  /// Of the clients that have made any.
  private let inboxes = Mutex<[ObjectIdentifier: Inbox]>([:])

  /// - Parameter report: called on a client's thread; it must not wait for anything.
  package init(report: @escaping @Sendable (GlanceReport) -> Void) { self.report = report }

  /// Ends all that are under way.
  package func cancel() {
    for inbox in inboxes.withLock({ Array($0.values) }) { inbox.cancel(self) }
  }

  func use(_ inbox: Inbox) {
    let id = ObjectIdentifier(inbox)
    inboxes.withLock { if $0[id] == nil { $0[id] = inbox } }
  }

  /// - Parameter result: `nil` for what was expected.
  /// - Returns: whether there was nothing to tell before.
  func take(_ glance: Glance, _ result: TransferResult?) -> Bool {
    gathered.withLock { gathered in
      if let result {
        gathered.others.append((glance.name, glance.run.batch.kind, result))
      } else {
        gathered.asExpected.append(glance.name)
      }
      return gathered.count == 1
    }
  }

  func tell() {
    let news = gathered.withLock { gathered in
      defer { gathered = GlanceReport() }
      return gathered
    }
    if news.count > 0 { report(news) }
  }
}

/// A batch of glances on its way.
final class GlanceRun: Sendable {
  let batch: GlanceBatch
  let desk: GlanceDesk
  /// Of the first; the others follow.
  let firstID: UInt64
  let material: TLSStore.Found

  init(_ batch: GlanceBatch, for desk: GlanceDesk, firstID: UInt64, material: TLSStore.Found) {
    self.batch = batch
    self.desk = desk
    self.firstID = firstID
    self.material = material
  }

  /// All of it comes to the same.
  func fail(_ code: TransportError.Code, _ what: String) {
    for position in 0..<batch.count {
      let glance = Glance(run: self, position: position)
      _ = desk.take(glance, .failure(TransportError(code, what, url: redactedURL(glance.url))))
    }
    desk.tell()
  }
}

/// One request of a batch.
struct Glance: Sendable {
  let run: GlanceRun
  let position: Int

  var name: Int { run.batch.name(position) }
  var url: String { run.batch.url(position) }
}

/// Tells of glances many at a time: whoever hears of them has others ready for each that has ended, and a thread that
/// is woken for every answer costs more than the answer.
struct GlanceTally {
  /// The longest that news waits for more.
  static let delayMilliseconds: Int32 = 2

  /// Glances that have not ended.
  private var underWay = 0
  /// Where there is news for, and how much that is.
  private var desks: [GlanceDesk] = []
  private var count = 0
  /// When the first of it came.
  private var since = 0

  var hasNews: Bool { count > 0 }

  mutating func enter(_ count: Int) { underWay += count }

  mutating func ended(_ glance: Glance, _ result: TransferResult?, at now: Int) {
    if glance.run.desk.take(glance, result) { desks.append(glance.run.desk) }
    underWay -= 1
    if count == 0 { since = now }
    count += 1
  }

  /// Tells, once as many have ended as are under way, or some have waited for long enough.
  mutating func tell(at now: Int) {
    if count >= underWay || now - since >= Int(Self.delayMilliseconds) { tell() }
  }

  mutating func tell() {
    for desk in desks { desk.tell() }
    desks.removeAll(keepingCapacity: true)
    count = 0
  }
}
