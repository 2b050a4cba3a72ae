import CSignals
import Dispatch
import Glibc
import ImageModel
import Synchronization

/// What signals ask of `watcher run`: SIGTERM and SIGINT an orderly stop, SIGHUP a reload, SIGUSR1 that files are
/// reopened. A handler counts them from the first instruction of the program on and ends the process with the second
/// stop (`CSignals`); here they are acted on, those that came early when the service is up.
///
/// A stop that comes before ends the process at once, whatever it waits for: what the database has is whole at any
/// moment, and nothing else has been begun.
package final class SignalWatch: Sendable {
  package struct Actions: Sendable {
    let stop: @Sendable (_ signal: String) -> Void
    let hangUp: @Sendable () -> Void
    let reopen: @Sendable () -> Void
    /// The stop has taken too long: the process ends when this returns.
    let cutOff: @Sendable () -> Void

    package init(
      stop: @escaping @Sendable (_ signal: String) -> Void, hangUp: @escaping @Sendable () -> Void,
      reopen: @escaping @Sendable () -> Void, cutOff: @escaping @Sendable () -> Void
    ) {
      (self.stop, self.hangUp, self.reopen, self.cutOff) = (stop, hangUp, reopen, cutOff)
    }
  }

  private enum Wish {
    case hangUp, reopen
  }

  private struct State {
    var actions: Actions?
    /// What came before there was anybody to act on it.
    var wishes: Set<Wish> = []
    var beforeEnd: @Sendable (_ signal: String) -> Void = { _ in }
  }

  private let descriptor: Int32
  // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
  nonisolated(unsafe) private let source: any DispatchSourceRead
  private let state = Mutex(State())

  /// One for the process, and for as long as it lives.
  ///
  /// - Throws: there is no descriptor to be had.
  package init() throws(SystemError) {
    csignals_catch_all()
    descriptor = csignals_descriptor()
    guard descriptor >= 0 else { throw SystemError(code: errno) }
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: DispatchQueue(label: "watcher.signals"))
    source.setEventHandler { self.look() }
    source.activate()
  }

  /// Gives signals back to whatever they did, where another command than `run` was meant.
  package static func release() { csignals_release() }

  /// - Parameter body: what is still to be said when a stop comes before the service is up.
  package func beforeEnd(_ body: @escaping @Sendable (_ signal: String) -> Void) {
    state.withLock { $0.beforeEnd = body }
  }

  /// The service is up: what has come, and what comes from now on, is acted on so.
  package func use(_ actions: Actions) {
    let wishes = state.withLock { state in
      state.actions = actions
      return state.wishes
    }
    for wish in wishes { Self.act(on: wish, actions) }
  }

  private func look() {
    var count: UInt64 = 0
    // First the bell, then the counts: what comes in between rings again.
    _ = read(descriptor, &count, MemoryLayout.size(ofValue: count))
    if csignals_take(SIGTERM) > 0 { stop("SIGTERM") } else if csignals_take(SIGINT) > 0 { stop("SIGINT") }
    if csignals_take(SIGHUP) > 0 { act(on: .hangUp) }
    if csignals_take(SIGUSR1) > 0 { act(on: .reopen) }
  }

  private func act(on wish: Wish) {
    let actions = state.withLock { state in
      if state.actions == nil { state.wishes.insert(wish) }
      return state.actions
    }
    if let actions { Self.act(on: wish, actions) }
  }

  private static func act(on wish: Wish, _ actions: Actions) {
    switch wish {
    case .hangUp: actions.hangUp()
    case .reopen: actions.reopen()
    }
  }

  private func stop(_ signal: String) {
    let (actions, beforeEnd) = state.withLock { ($0.actions, $0.beforeEnd) }
    guard let actions else {
      beforeEnd(signal)
      _exit(0)
    }
    limitStop(exitCode: 0)
    actions.stop(signal)
  }

  /// An orderly stop has begun, which must not take for ever.
  ///
  /// - Parameter exitCode: of the process, if it does.
  package func limitStop(exitCode: Int32) {
    let cutOff = state.withLock { $0.actions?.cutOff }
    // Not on the queue of the others, which a reader of the log may hold up.
    DispatchQueue(label: "watcher.deadline").asyncAfter(deadline: .now() + .seconds(Limits.stopSeconds)) {
      cutOff?()
      _exit(exitCode)
    }
  }
}
