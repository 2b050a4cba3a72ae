import Config
import Foundation
import Glibc
import History
import Logging
import Polling
import TestSupport
import Testing

@testable import Service

/// Sinks beside one whose file system hangs.
@Suite(.timeLimit(.minutes(2))) struct SinkSupervisorTests {
  private let directory: TemporaryDirectory
  private let writer: HistoryWriter
  private let supervisor: SinkSupervisor

  init() throws {
    directory = try TemporaryDirectory()
    writer = try HistoryWriter.open(directory.path + "/watcher.db")
    supervisor = SinkSupervisor(
      writer: writer, log: Logger(label: "none") { _ in SwiftLogNoOpLogHandler() },
      steps: ClockStepMonitor(since: .now()) { _ in }, http: nil, onFailure: { Issue.record($0) },
      onSettled: { _, _ in })
  }

  private func status(_ name: String) -> SinkStatus? {
    try? HistoryReader.open(writer.path).sinks().first { $0.name == name }
  }

  @Test func aFileThatDoesNotAnswerHoldsUpNoOther() async throws {
    let (folder, hung) = (directory.path + "/later", directory.path + "/hung")
    var settings = [SinkSettings(name: "hung", kind: .file(path: hung))]
    // Whichever is looked at first.
    settings += (1...5).map { SinkSettings(name: "late\($0)", kind: .file(path: "\(folder)/\($0)")) }
    try await writer.transaction { [settings] in try $0.registerSinks(settings.map(\.definition)) }
    await supervisor.use(settings, ConfiguredSinks(settings, environment: [:]))
    let lease = try Lease(hung)
    let looking = Task { await supervisor.look() }
    let late = settings.dropFirst().map(\.name)
    #expect(await eventually { late.allSatisfy { status($0)?.state == .failing } })
    #expect(status("hung")?.state == .ok, "it still has time")
    await looking.value
    #expect(status("hung")?.state == .failing)
    #expect(status("hung")?.failure?.message.hasPrefix("its files do not answer") == true)
    // No look ends before that of the file does, and others are looked at all the same.
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    await supervisor.look()
    #expect(late.allSatisfy { status($0)?.state == .ok })
    lease.end()
    #expect(
      await eventually {
        await supervisor.look()
        return status("hung")?.state == .ok
      })
    await supervisor.stop(drainingFor: .zero)
  }

  private func eventually(_ condition: () async -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(30)
    while ContinuousClock.now < deadline {
      if await condition() { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return false
  }
}

/// Whoever opens the file waits until it ends, or for `/proc/sys/fs/lease-break-time`.
private final class Lease {
  private let descriptor: Int32

  /// - Parameter path: of a file that is made.
  init(_ path: String) throws {
    // What the kernel asks its holder with.
    signal(SIGIO, SIG_IGN)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    // F_SETLEASE, which Glibc does not import.
    try #require(fcntl(descriptor, 1_024, F_WRLCK) == 0, "\(String(cString: strerror(errno)))")
  }

  func end() { _ = fcntl(descriptor, 1_024, F_UNLCK) }

  deinit { close(descriptor) }
}
