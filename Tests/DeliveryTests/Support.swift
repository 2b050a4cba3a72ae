import Delivery
import Foundation
import Synchronization
import Testing

/// Waits until `condition` holds, or records an issue after ten seconds.
func eventually(
  _ what: String, sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async -> Bool
) async {
  let deadline = ContinuousClock.now + .seconds(10)
  while ContinuousClock.now < deadline {
    if await condition() { return }
    try? await Task.sleep(for: .milliseconds(2))
  }
  Issue.record("never happened: \(what)", sourceLocation: sourceLocation)
}

/// Runs a worker while `body` runs, then stops it.
func running(_ worker: DeliveryWorker, _ body: () async throws -> Void) async throws {
  let task = Task { await worker.run() }
  do {
    try await body()
  } catch {
    task.cancel()
    throw error
  }
  await worker.stop(drainingFor: .seconds(600))
  await task.value
}

/// What several tasks append to.
final class Log<Element: Sendable>: Sendable {
  private let entries = Mutex<[Element]>([])
  func append(_ entry: Element) { entries.withLock { $0.append(entry) } }
  var all: [Element] { entries.withLock { $0 } }
}

/// A sink that does what a closure says.
struct ScriptedSink: Sink {
  let name = "scripted"
  var maxInFlight: Int?
  let respond: @Sendable ([OutboxItem]) async -> [DeliveryResult]
  func write(_ items: [OutboxItem]) async -> [DeliveryResult] { await respond(items) }
}

extension DeliveryResult {
  /// As a receiver refuses that says how long to wait.
  static func refused(_ item: OutboxItem, for asked: Duration, isTooMany: Bool = true) -> DeliveryResult {
    .refused(item, Refusal(isTooMany: isTooMany, asked: asked), error: isTooMany ? "429" : "503", next: .withSink)
  }
}

extension [OutboxItem] {
  var delivered: [DeliveryResult] { map { .delivered(sequence: $0.sequence) } }
  var texts: [String] { map { String(decoding: $0.body, as: UTF8.self) } }
}

/// Closed at first; who passes waits until it is opened or the task is cancelled.
final class Gate: Sendable {
  private let isOpen = Mutex(false)
  func open() { isOpen.withLock { $0 = true } }
  func pass() async {
    while !isOpen.withLock({ $0 }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(1)) }
  }
}

/// A directory that goes away with the value.
final class Scratch: Sendable {
  let path: String

  init() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "delivery-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    path = directory.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
  func text(_ name: String) -> String? { try? String(contentsOfFile: file(name), encoding: .utf8) }
  func put(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(filePath: file(name))) }
}
