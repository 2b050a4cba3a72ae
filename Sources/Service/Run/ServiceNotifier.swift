import Dispatch
import Glibc
import Host
import ImageModel
import Logging
import Synchronization

/// Tells systemd how the service is doing (sd_notify(3)); where no `$NOTIFY_SOCKET` is given, does nothing.
///
/// Never waits for systemd and never fails. What it has no room for now, and must know, goes with the next message;
/// pings and status lines are simply made anew.
final class ServiceNotifier: Sendable {
  /// What systemd gives to this process and not to its children.
  private static let variables = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID", "CREDENTIALS_DIRECTORY"]
  private static let statusIntervalMicroseconds: Int64 = 3_000_000
  /// Messages kept for later; a storm of reloads must not fill the memory while systemd sleeps.
  private static let unsentLimit = 8
  private static let extensionSeconds = 30

  private struct State {
    var unsent: [String] = []
    var status = ""
    /// Monotonic time of `status`, in microseconds.
    var statusAt: Int64?
    var isStopping = false
    var hasWarned = false
  }

  /// The watchdog strikes when it has heard nothing for so long; `nil` when there is none.
  let watchdog: Duration?
  let socket: NotifySocket?
  private let log: Logger
  private let clock: @Sendable () -> Int64
  private let state = Mutex(State())

  /// - Parameters:
  ///   - environment: what systemd set is read from it; anything unusable there is ignored, with a warning.
  ///   - clock: CLOCK_MONOTONIC, in microseconds.
  init(
    environment: [String: String], log: Logger, pid: Int32 = getpid(),
    clock: @escaping @Sendable () -> Int64 = ServiceNotifier.monotonicMicroseconds
  ) {
    self.log = log
    self.clock = clock
    socket = Self.socket(environment["NOTIFY_SOCKET"] ?? "", log)
    watchdog = socket == nil ? nil : Self.watchdog(environment, pid)
  }

  /// Takes what is meant for this process alone out of its environment, so that no child inherits it. To be called
  /// before anything of the service runs, which may be reading the environment.
  static func hideFromChildren() { for name in variables { unsetenv(name) } }

  var isWanted: Bool { socket != nil }

  // MARK: Messages

  /// The service works, for the first time or again after `reloading`; also when the reload failed.
  ///
  /// - Parameter status: `nil` leaves the last one.
  func ready(status: String? = nil) {
    state.withLock { state in
      guard let status = status.map(Self.line) else { return sendOrKeep("READY=1", &state) }
      remember(status, &state)
      sendOrKeep("READY=1\nSTATUS=\(status)", &state)
    }
  }

  /// The configuration is being read again; `ready` must follow.
  func reloading() {
    state.withLock { state in sendOrKeep("RELOADING=1\nMONOTONIC_USEC=\(clock())", &state) }
  }

  /// The service has begun to stop. Nothing is sent after that.
  func stopping() {
    state.withLock { state in
      sendOrKeep("STOPPING=1\nSTATUS=stopping", &state)
      state.isStopping = true
    }
  }

  /// The work has answered: a ping for the watchdog, and the status if it has changed and was not sent just now.
  func alive(status: String) {
    state.withLock { state in
      guard !state.isStopping, sendUnsent(&state) else { return }
      let status = Self.line(status)
      let isNews = status != state.status && isStatusDue(state)
      let lines = (watchdog == nil ? [] : ["WATCHDOG=1"]) + (isNews ? ["STATUS=\(status)"] : [])
      guard !lines.isEmpty, send(lines.joined(separator: "\n"), &state), isNews else { return }
      remember(status, &state)
    }
  }

  /// Runs `body`, which blocks perhaps for minutes, and asks systemd for more time again and again until it is done.
  func extendingStart<T, E: Error>(every seconds: Double = 10, _ body: () throws(E) -> T) throws(E) -> T {
    guard isWanted else { return try body() }
    let queue = DispatchQueue(label: "watcher.notify")
    let timer = DispatchSource.makeTimerSource(queue: queue)
    timer.setEventHandler { [self] in
      state.withLock { state in
        _ = send("EXTEND_TIMEOUT_USEC=\(Self.extensionSeconds)000000\nSTATUS=opening the database", &state)
      }
    }
    timer.schedule(deadline: .now() + min(seconds, 1), repeating: seconds)
    timer.activate()
    defer {
      timer.cancel()
      // The last call of the handler has ended after this.
      queue.sync {}
    }
    return try body()
  }

  // MARK: Pieces

  /// Sends what systemd must know, or keeps it.
  private func sendOrKeep(_ message: String, _ state: inout State) {
    guard isWanted, !state.isStopping else { return }
    if sendUnsent(&state), send(message, &state) { return }
    state.unsent.append(message)
    if state.unsent.count > Self.unsentLimit { state.unsent.removeFirst() }
  }

  private func sendUnsent(_ state: inout State) -> Bool {
    while let message = state.unsent.first {
      guard send(message, &state) else { return false }
      state.unsent.removeFirst()
    }
    return true
  }

  private func send(_ message: String, _ state: inout State) -> Bool {
    guard let socket else { return false }
    let code = socket.send(message)
    if code != 0, code != EAGAIN, !state.hasWarned {
      state.hasWarned = true
      log.warning("notify_failed", metadata: ["err": "\(SystemError(code: code))"])
    }
    return code == 0
  }

  private func remember(_ status: String, _ state: inout State) {
    state.status = status
    state.statusAt = clock()
  }

  private func isStatusDue(_ state: State) -> Bool {
    state.statusAt.map { clock() - $0 >= Self.statusIntervalMicroseconds } ?? true
  }

  /// A line break in it would begin another assignment.
  private static func line(_ status: String) -> String { status.safe() }

  private static func socket(_ name: String, _ log: Logger) -> NotifySocket? {
    guard !name.isEmpty else { return nil }
    do {
      return try NotifySocket(name)
    } catch {
      log.warning("notify_socket_ignored", metadata: ["socket": "\(name)", "err": "\(error.reason)"])
      return nil
    }
  }

  private static func watchdog(_ environment: [String: String], _ pid: Int32) -> Duration? {
    guard let microseconds = environment["WATCHDOG_USEC"].flatMap(Int64.init), microseconds > 0 else { return nil }
    if let owner = environment["WATCHDOG_PID"], owner != "\(pid)" { return nil }
    return .microseconds(microseconds)
  }

  static func monotonicMicroseconds() -> Int64 { MonotonicClock.nanoseconds() / 1_000 }
}
