import Foundation
import Glibc
import InMemoryLogging
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Host
@testable import Service

/// What systemd hears, over real sockets.
@Suite struct ServiceNotifierTests {
  private let directory: TemporaryDirectory
  private let receiver: NotifyReceiver
  private let log = InMemoryLogHandler()
  private let time = Time()

  init() throws {
    directory = try TemporaryDirectory()
    receiver = try NotifyReceiver(.path(directory.path + "/notify"))
  }

  @Test func aPathIsASocket() throws {
    notifier(["NOTIFY_SOCKET": receiver.name]).ready(status: "watching 2 tags")
    #expect(receiver.messages.map(\.text) == ["READY=1\nSTATUS=watching 2 tags"])
  }

  @Test func anAbstractNameIsASocket() throws {
    let abstract = try NotifyReceiver(.abstract("watcher-test.\(UUID().uuidString)"))
    notifier(["NOTIFY_SOCKET": abstract.name]).ready(status: "watching 2 tags")
    #expect(abstract.messages.map(\.text) == ["READY=1\nSTATUS=watching 2 tags"])
  }

  @Test func theLongestNamesAreUsedAndLongerOnesAreNot() throws {
    let longest = UUID().uuidString + String(repeating: "a", count: 71)
    let abstract = try NotifyReceiver(.abstract(longest))
    notifier(["NOTIFY_SOCKET": abstract.name]).stopping()
    #expect(abstract.messages.count == 1)
    #expect(!notifier(["NOTIFY_SOCKET": abstract.name + "a"]).isWanted)
    #expect(notifier(["NOTIFY_SOCKET": "/" + longest.dropFirst()]).isWanted)
    #expect(!notifier(["NOTIFY_SOCKET": "/" + longest]).isWanted)
    #expect(warnings == Array(repeating: "notify_socket_ignored", count: 2))
  }

  @Test(arguments: ["vsock:2:1234", "notify", "./notify", "@", "/"])
  func anythingElseIsIgnoredWithAWarning(name: String) {
    let notifier = notifier(["NOTIFY_SOCKET": name, "WATCHDOG_USEC": "1000000"])
    #expect(!notifier.isWanted && notifier.watchdog == nil)
    notifier.ready(status: "")
    #expect(warnings == ["notify_socket_ignored"])
  }

  @Test(arguments: [[:], ["NOTIFY_SOCKET": ""]])
  func withoutASocketNothingIsDone(environment: [String: String]) {
    let notifier = notifier(environment)
    notifier.ready(status: "")
    notifier.reloading()
    notifier.alive(status: "")
    notifier.stopping()
    #expect(notifier.extendingStart { 1 } == 1)
    #expect(!notifier.isWanted && warnings.isEmpty)
  }

  @Test func aSocketThatIsGoneIsToldOnceAndIsNoError() {
    let notifier = notifier(["NOTIFY_SOCKET": directory.path + "/none"])
    notifier.ready(status: "")
    notifier.stopping()
    #expect(warnings == ["notify_failed"])
  }

  @Test func theSocketIsClosedInChildren() throws {
    let socket = try #require(notifier(["NOTIFY_SOCKET": receiver.name]).socket)
    #expect(fcntl(socket.descriptor, F_GETFD) & FD_CLOEXEC != 0)
  }

  @Test func aReloadTellsItsBeginningAndItsEnd() {
    let notifier = notifier(["NOTIFY_SOCKET": receiver.name])
    time.set(microseconds: 7_000_122)
    notifier.reloading()
    notifier.ready()
    time.set(microseconds: 7_000_123)
    notifier.reloading()
    notifier.ready(status: "reload failed: config.json:3\nREADY=0")
    #expect(
      receiver.messages.map(\.lines) == [
        ["RELOADING=1", "MONOTONIC_USEC=7000122"], ["READY=1"],
        ["RELOADING=1", "MONOTONIC_USEC=7000123"],
        ["READY=1", #"STATUS=reload failed: config.json:3\u{a}READY=0"#],
      ])
  }

  @Test func theClockIsTheMonotonicOne() {
    var before = timespec()
    clock_gettime(CLOCK_MONOTONIC, &before)
    let seconds = ServiceNotifier.monotonicMicroseconds() / 1_000_000
    #expect(seconds - Int64(before.tv_sec) <= 1)
  }

  @Test func theStatusIsToldWhenItChangesAndNotOften() {
    let notifier = notifier(["NOTIFY_SOCKET": receiver.name])
    notifier.ready(status: "a")
    notifier.alive(status: "b")
    time.set(microseconds: 2_999_999)
    notifier.alive(status: "b")
    #expect(receiver.lines == ["READY=1", "STATUS=a"])
    time.set(microseconds: 3_000_000)
    notifier.alive(status: "a")
    notifier.alive(status: "b")
    time.set(microseconds: 9_000_000)
    notifier.alive(status: "b")
    #expect(receiver.lines == ["READY=1", "STATUS=a", "STATUS=b"])
  }

  @Test func nothingIsToldAfterTheStop() {
    let notifier = notifier(["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "1"])
    notifier.stopping()
    notifier.stopping()
    notifier.ready(status: "")
    notifier.alive(status: "new")
    #expect(receiver.lines == ["STOPPING=1", "STATUS=stopping"])
  }

  @Test func aManagerThatDoesNotReadBlocksNothingAndMissesNothing() {
    let notifier = notifier(["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "1000000"])
    // More than any queue of a socket takes; the pings that find no room are gone.
    for _ in 0..<10_000 { notifier.alive(status: "") }
    notifier.reloading()
    for _ in 0..<10 { notifier.alive(status: "") }
    notifier.ready(status: "again")
    #expect(!receiver.messages.isEmpty && !receiver.has("READY=1"))
    notifier.alive(status: "again")
    #expect(
      receiver.messages.suffix(3).map(\.text) == [
        "RELOADING=1\nMONOTONIC_USEC=0", "READY=1\nSTATUS=again", "WATCHDOG=1",
      ])
    #expect(warnings.isEmpty)
  }

  @Test func whatIsKeptForAManagerThatDoesNotReadIsLimited() {
    let notifier = notifier(["NOTIFY_SOCKET": receiver.name, "WATCHDOG_USEC": "1000000"])
    for _ in 0..<10_000 { notifier.alive(status: "") }
    for number in 0..<100 {
      notifier.reloading()
      notifier.ready(status: "\(number)")
    }
    let before = receiver.messages.count
    notifier.alive(status: "99")
    let kept = receiver.messages.dropFirst(before).dropLast()
    #expect(kept.count == 8 && kept.last?.text == "READY=1\nSTATUS=99")
  }

  @Test(arguments: [
    (["WATCHDOG_USEC": "60000000"], Duration.seconds(60)),
    (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "42"], .microseconds(1)),
    (["WATCHDOG_USEC": "1", "WATCHDOG_PID": "43"], nil), (["WATCHDOG_USEC": "1", "WATCHDOG_PID": ""], nil),
    (["WATCHDOG_USEC": "0"], nil), (["WATCHDOG_USEC": "-1"], nil), (["WATCHDOG_USEC": "1s"], nil),
    (["WATCHDOG_USEC": ""], nil), ([:], nil),
  ])
  func aWatchdogIsOursOrNone(environment: [String: String], expected: Duration?) {
    let notifier = notifier(environment.merging(["NOTIFY_SOCKET": receiver.name]) { $1 })
    #expect(notifier.watchdog == expected)
    notifier.alive(status: "")
    #expect(receiver.lines == (expected == nil ? [] : ["WATCHDOG=1"]))
  }

  @Test func theStartIsExtendedUntilItIsDone() throws {
    let notifier = notifier(["NOTIFY_SOCKET": receiver.name])
    let told = ["EXTEND_TIMEOUT_USEC=30000000", "STATUS=opening the database"]
    let deadline = ContinuousClock.now + .seconds(20)
    notifier.extendingStart(every: 0.01) {
      while receiver.messages.count < 3, ContinuousClock.now < deadline { usleep(1_000) }
    }
    let messages = receiver.messages
    #expect(messages.count >= 3 && messages.allSatisfy { $0.lines == told })
    let refusal = NotifySocket.Unusable(reason: "no")
    do throws(NotifySocket.Unusable) {
      try notifier.extendingStart { () throws(NotifySocket.Unusable) in throw refusal }
      Issue.record("nothing was thrown")
    } catch {
      #expect(error.reason == refusal.reason)
    }
    #expect(receiver.messages.count == messages.count)
  }

  // MARK: Pieces

  private var warnings: [String] { log.entries.map { "\($0.message)" } }

  private func notifier(_ environment: [String: String]) -> ServiceNotifier {
    ServiceNotifier(
      environment: environment, log: Logger(label: "x") { _ in log }, pid: 42, clock: { [time] in time.microseconds })
  }
}

private final class Time: Sendable {
  private let value = Atomic<Int64>(0)

  var microseconds: Int64 { value.load(ordering: .sequentiallyConsistent) }
  func set(microseconds: Int64) { value.store(microseconds, ordering: .sequentiallyConsistent) }
}
