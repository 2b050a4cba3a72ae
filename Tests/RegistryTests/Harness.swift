import Credentials
import ImageModel
import Synchronization
import TestSupport
import Transport

@testable import Registry

/// A client, its clock and a store, in front of a fake registry.
final class Harness: Sendable {
  let registry: FakeRegistry
  let client: RegistryClient
  let store = Store()
  let clock: TestClock

  /// - Parameters:
  ///   - domain: the domain under which the registry is known besides its own.
  ///   - logins: those of the user.
  ///   - isTraced: whether each request leaves a line, which keeps glances away.
  init(
    door: FakeRegistry.Door = .open, domain: String? = nil, isTraced: Bool = true,
    access: @escaping @Sendable (String) -> RegistryAccess = { _ in RegistryAccess(usesPlainHTTP: true) },
    logins: (TestClock) -> Logins = { _ in .none }
  ) throws {
    let registry = try FakeRegistry(door: door)
    let clock = TestClock()
    self.registry = registry
    self.clock = clock
    let origin = registry.origin
    let lines = LineBox()
    self.lines = lines
    let trace: (@Sendable (String) -> Void)? = if isTraced { { lines.add($0) } } else { nil }
    client = RegistryClient(
      http: HTTPClient(undoesCodings: true), userAgent: "watcher-test/1", access: access, logins: logins(clock),
      endpoint: { $0 == domain ? origin : nil }, trace: trace, clock: clock.clock)
  }

  private let lines: LineBox

  deinit { registry.stop() }

  var trace: [String] { lines.all }

  /// Observes, and stores what was fetched.
  func observe(
    _ tag: TagReference, known: Digest? = nil, mustWalk: Bool = false, _ selection: PlatformSelection = .all
  ) async throws(CheckFailure) -> Observation {
    let store = store
    let observation = try await client.observe(
      tag, known: KnownTag(headDigest: known, mustWalk: mustWalk), selection: selection, stored: { store[$0] })
    if case .found(let snapshot, _, _) = observation { store.add(snapshot.documents) }
    return observation
  }

  /// The snapshot of `app:latest`.
  func snapshot(
    _ selection: PlatformSelection = .all, known: Digest? = nil, mustWalk: Bool = false
  ) async throws(CheckFailure) -> TagSnapshot {
    let observation = try await observe(registry.tag("app"), known: known, mustWalk: mustWalk, selection)
    guard case .found(let snapshot, _, _) = observation else { throw CheckFailure(.badResponse, "unchanged") }
    return snapshot
  }

  /// The failure of observing `app:latest`; `nil` where it succeeds.
  func failure(_ selection: PlatformSelection = .all, known: Digest? = nil) async -> CheckFailure? {
    do {
      _ = try await observe(registry.tag("app"), known: known, selection)
      return nil
    } catch {
      return error
    }
  }

  func count(_ line: String) -> Int { registry.log.count { $0 == line } }
}

/// Documents by digest.
final class Store: Sendable {
  private let documents = Mutex<[Digest: Document]>([:])
  subscript(digest: Digest) -> Document? { documents.withLock { $0[digest] } }
  func add(_ new: [Document]) {
    documents.withLock { known in for document in new { known[document.digest] = document } }
  }
}

/// A clock that stands still until it is told, and that sleeps by moving on.
final class TestClock: Sendable {
  private let milliseconds = Atomic<Int64>(1_000_000)
  private let slept = Mutex<[Int64]>([])

  var sleeps: [Int64] { slept.withLock { $0 } }
  func advance(seconds: Int64) { milliseconds.add(seconds * 1_000, ordering: .relaxed) }

  var clock: RegistryClock {
    RegistryClock(
      now: { BootTime(milliseconds: self.milliseconds.load(ordering: .relaxed)) },
      wall: { Timestamp(milliseconds: 1_700_000_000_000) },
      sleep: { time in
        self.slept.withLock { $0.append(time) }
        self.milliseconds.add(time, ordering: .relaxed)
      })
  }
}

final class LineBox: Sendable {
  private let lines = Mutex<[String]>([])
  var all: [String] { lines.withLock { $0 } }
  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

func platform(_ text: String) throws -> Platform {
  guard let platform = Platform(text) else { throw CheckFailure(.badRequest, text) }
  return platform
}
