import CCurl
import Glibc
import Host

/// The one thread's work: takes requests from the inbox, lets libcurl perform them, and gives the responses
/// back. Nothing here is shared; callers reach it through the inbox alone.
final class CurlLoop {
  private static let idleHandles = 128
  /// libcurl's own timers end a wait sooner.
  private static let waitMilliseconds: Int32 = 60_000

  private let inbox: Inbox
  private let settings: ClientSettings
  private let multi: UnsafeMutableRawPointer
  private var active: [UInt64: Transfer] = [:]
  private var idle = IdlePool<Transfer>(limit: CurlLoop.idleHandles)
  /// When handles that a burst has left are given up next.
  private var retirement = CurlLoop.now()
  private var turns: TurnQueue<Origin, Inbox.Submission>
  /// Those whose turn has come.
  private var ready: [Inbox.Submission] = []
  private var tally = GlanceTally()

  /// `nil` when libcurl has no memory.
  init?(inbox: Inbox, settings: ClientSettings) {
    guard let multi = curl_multi_init() else { return nil }
    self.inbox = inbox
    self.settings = settings
    self.multi = multi
    turns = TurnQueue(perHost: settings.maxConnectionsPerHost)
    // Left alone, libcurl keeps four times as many as there are transfers: with one poll at a time, four.
    ccurl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, settings.maxIdleConnections)
  }

  /// Makes a loop and runs it; where there can be none, the inbox is closed.
  static func run(_ inbox: Inbox, _ settings: ClientSettings) {
    guard let loop = CurlLoop(inbox: inbox, settings: settings) else {
      let (code, what) = (TransportError.Code.unsupported, "libcurl has no memory for a multi handle")
      let left = inbox.closeForGood()
      left.glances.forEach { $0.fail(code, what) }
      for submission in left.submissions {
        guard case .task(let task) = submission.waiter else { continue }
        let url = redactedURL(submission.request.value.url)
        task.resume(returning: .failure(TransportError(code, what, url: url)))
      }
      return
    }
    loop.run()
  }

  deinit {
    idle.removeAll()
    curl_multi_cleanup(multi)
  }

  var idleCount: Int { idle.count }

  /// Returns when the inbox is closed, with every request answered.
  func run() {
    var running: Int32 = 0
    while true {
      let batch = inbox.take(orSleepOn: multi)
      if let batch {
        batch.submissions.forEach(enter)
        batch.glances.forEach(enter)
        batch.cancellations.forEach(cancel)
        batch.cancelledDesks.forEach(cancel)
        if batch.isClosed { return cancelAll() }
      }
      startReady()
      // With a batch only a look: more may be in the inbox by now, and nobody would wake us.
      let wait = tally.hasNews ? GlanceTally.delayMilliseconds : Self.waitMilliseconds
      curl_multi_poll(multi, nil, 0, batch == nil ? wait : 0, nil)
      curl_multi_perform(multi, &running)
      collect()
      tally.tell(at: Self.now())
      // While nothing is under way nothing starts, and nobody else would look.
      if active.isEmpty { retire(at: Self.now()) }
    }
  }

  // MARK: Starting

  private func enter(_ submission: Inbox.Submission) {
    if let first = turns.enter(submission, id: submission.id, host: submission.origin) { start(first) }
  }

  private func enter(_ run: GlanceRun) {
    tally.enter(run.batch.count)
    for position in 0..<run.batch.count {
      enter(
        Inbox.Submission(
          id: run.firstID + UInt64(position), request: run.batch.kind.request, origin: run.batch.kind.origin,
          material: run.material, waiter: .glance(Glance(run: run, position: position))))
    }
  }

  /// A request may fail at once and so make the next one ready.
  private func startReady() {
    while !ready.isEmpty {
      let submissions = ready
      ready = []
      submissions.forEach(start)
    }
  }

  private func start(_ submission: Inbox.Submission) {
    let now = Self.now()
    retire(at: now)
    guard let transfer = idle.take() ?? makeTransfer() else {
      leave(submission.origin)
      return fail(submission, .unsupported, "libcurl cannot make another handle (out of memory, or older than 7.88)")
    }
    transfer.begin(submission, proxy: settings.proxies.proxy(for: submission.origin), atMilliseconds: now)
    active[submission.id] = transfer
    launch(transfer)
  }

  private func makeTransfer() -> Transfer? {
    EasyHandle(settings).map(Transfer.init)
  }

  /// A handle keeps its buffers, and those of the most that an outage ever had going at a time would be kept for good.
  private func retire(at now: Int) {
    guard now >= retirement else { return }
    retirement = now + settings.idleMilliseconds
    idle.retire()
  }

  private func launch(_ transfer: Transfer) {
    do throws(TransportError) {
      try configure(transfer)
    } catch {
      return finish(transfer, .failure(error))
    }
    guard curl_multi_add_handle(multi, transfer.easy.pointer) == CURLM_OK else {
      return finish(transfer, .failure(transfer.error(.unsupported, "libcurl does not take the request")))
    }
  }

  private func configure(_ transfer: Transfer) throws(TransportError) {
    let tls: TLSMaterial
    do throws(TLSFilesFailure) {
      tls = try transfer.tls()
    } catch {
      throw transfer.error(.tls, error.message, advice: error.advice)
    }
    if transfer.proxy.map({ $0.hostAndPort == nil }) == true {
      throw transfer.error(
        .proxyRefused, "the proxy for \(transfer.hostText) is none that can be used",
        advice: "correct https_proxy, http_proxy or all_proxy in the environment")
    }
    let password: String?
    do throws(BoundedFile.Failure) {
      password = try transfer.proxy?.login?.passwordFile.read().text
    } catch {
      throw transfer.error(
        .proxyAuth, "the password file of the proxy cannot be used", reason: error.reason,
        advice: "correct proxy.password_file")
    }
    transfer.limitMilliseconds = transfer.remainingMilliseconds(at: Self.now())
    do throws(EasyHandle.Failure) {
      try transfer.easy.configure(
        transfer.shared, glance: transfer.glance, milliseconds: transfer.limitMilliseconds, tls: tls,
        proxy: transfer.proxy,
        proxyPassword: password)
    } catch {
      switch error {
      case .header(let name):
        throw transfer.error(.badHeader, "the header \(name) holds control characters", advice: "it is not sent")
      case .option(let text): throw transfer.error(.unsupported, text)
      }
    }
  }

  // MARK: Ending

  private func collect() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let code = message.pointee.data.result
      var owner: UnsafeMutableRawPointer?
      ccurl_get_pointer(easy, CURLINFO_PRIVATE, &owner)
      curl_multi_remove_handle(multi, easy)
      if let owner { complete(Transfer.of(owner), code) }
    }
  }

  private func complete(_ transfer: Transfer, _ code: CURLcode) {
    if code == CURLE_OK, transfer.isAsExpected { return finish(transfer, nil) }
    transfer.endGlance()
    if let error = transfer.failure(code) { return finish(transfer, .failure(error)) }
    let response = transfer.response
    guard
      RedirectRules.leadsOn(status: response.status, request: transfer.request),
      let location = response.headers.first("location")
    else { return finish(transfer, .success(response)) }
    do throws(TransportError) {
      let next = try RedirectRules.next(
        transfer.request, location: location, hop: transfer.hops + 1, cameFromPublic: response.isFromPublicAddress)
      // From here on errors are the target's.
      transfer.redirect(to: next)
      transfer.proxy = settings.proxies.proxy(for: try RequestCheck.check(next, redirected: true))
    } catch {
      return finish(transfer, .failure(error))
    }
    launch(transfer)
  }

  /// - Parameter result: `nil` for what a glance has expected.
  private func finish(_ transfer: Transfer, _ result: TransferResult?) {
    guard let submission = transfer.end() else { return }
    active[submission.id] = nil
    idle.put(transfer)
    leave(submission.origin)
    hand(result, to: submission.waiter)
  }

  private func hand(_ result: TransferResult?, to waiter: Inbox.Waiter) {
    switch waiter {
    case .task(let task): if let result { task.resume(returning: result) }
    case .glance(let glance): tally.ended(glance, result, at: Self.now())
    }
  }

  private func fail(_ submission: Inbox.Submission, _ code: TransportError.Code, _ what: String) {
    let url = redactedURL(submission.asked.value.url)
    hand(.failure(TransportError(code, what, url: url)), to: submission.waiter)
  }

  private func leave(_ origin: Origin) {
    if let next = turns.leave(origin) { ready.append(next) }
  }

  private func cancel(_ id: UInt64) {
    if let waiting = turns.withdraw(id) { return fail(waiting, .cancelled, "cancelled") }
    if let index = ready.firstIndex(where: { $0.id == id }) {
      let submission = ready.remove(at: index)
      leave(submission.origin)
      return fail(submission, .cancelled, "cancelled")
    }
    guard let transfer = active[id] else { return }
    curl_multi_remove_handle(multi, transfer.easy.pointer)
    finish(transfer, .failure(transfer.error(.cancelled, "cancelled")))
  }

  private func cancel(_ desk: GlanceDesk) {
    func isOf(_ submission: Inbox.Submission) -> Bool {
      if case .glance(let glance) = submission.waiter { glance.run.desk === desk } else { false }
    }
    let waiting = turns.items.filter(isOf) + ready.filter(isOf)
    for id in waiting.map(\.id) + active.filter({ $0.value.glance?.run.desk === desk }).keys { cancel(id) }
  }

  private func cancelAll() {
    let waiting = turns.withdrawAll() + ready
    ready = []
    for submission in waiting { fail(submission, .cancelled, "cancelled") }
    for id in Array(active.keys) { cancel(id) }
    tally.tell()
  }

  private static func now() -> Int { Int(MonotonicClock.nanoseconds() / 1_000_000) }
}
