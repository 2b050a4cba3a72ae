import Delivery
import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct FileSinkTests {
  private let scratch: Scratch
  private let sink: FileSink

  init() throws {
    scratch = try Scratch()
    sink = FileSink(name: "audit", path: scratch.file("events.jsonl"))
  }

  private func write(_ texts: String...) async -> [DeliveryResult] {
    await sink.write(texts.enumerated().map { FakeOutbox.item($0 + 1, $1) })
  }

  private func expectDelivered(_ results: [DeliveryResult], count: Int) {
    #expect(results == (1...count).map { .delivered(sequence: EventSequence($0)) })
  }

  @Test func linesInOrder() async throws {
    expectDelivered(await write(#"{"a":1}"#, #"{"b":2}"#), count: 2)
    expectDelivered(await write(#"{"c":3}"#), count: 1)
    #expect(scratch.text("events.jsonl") == "{\"a\":1}\n{\"b\":2}\n{\"c\":3}\n")
    let mode = try #require(
      FileManager.default.attributesOfItem(atPath: scratch.file("events.jsonl"))[.posixPermissions] as? Int)
    #expect(mode & 0o640 == mode, "mode \(String(mode, radix: 8))")
    #expect(mode & 0o600 == 0o600)
    #expect(await sink.write([]) == [])
  }

  @Test func appendsToWhatIsThere() async throws {
    try scratch.put("events.jsonl", "old\n")
    expectDelivered(await write("new"), count: 1)
    #expect(scratch.text("events.jsonl") == "old\nnew\n")
  }

  /// `sudo watcher check` while the service is stopped, say, or just after a rotation.
  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func whatRootCreatesBelongsToTheOwnerOfTheDirectory() async throws {
    let (user, group): (uid_t, gid_t) = (54_321, 54_322)
    try #require(chown(scratch.path, user, group) == 0)
    expectDelivered(await write("new"), count: 1)
    var info = stat()
    #expect(stat(scratch.file("events.jsonl"), &info) == 0)
    #expect(info.st_uid == user && info.st_gid == group && info.st_mode & 0o777 == 0o640)
    // What is there stays whose it is.
    try #require(chown(scratch.file("events.jsonl"), 0, 0) == 0)
    sink.reopen()
    expectDelivered(await write("newer"), count: 1)
    #expect(stat(scratch.file("events.jsonl"), &info) == 0 && info.st_uid == 0)
  }

  /// `/var/log` may be root's and a group's, whose members are not to read events for that.
  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func theGroupOfRootsDirectoryGetsNothing() async throws {
    try #require(chown(scratch.path, 0, 54_322) == 0)
    expectDelivered(await write("new"), count: 1)
    var info = stat()
    #expect(stat(scratch.file("events.jsonl"), &info) == 0 && info.st_uid == 0 && info.st_gid == getegid())
  }

  /// logrotate without a signal.
  @Test func renamed() async throws {
    expectDelivered(await write("one"), count: 1)
    try FileManager.default.moveItem(atPath: scratch.file("events.jsonl"), toPath: scratch.file("events.jsonl.1"))
    expectDelivered(await write("two"), count: 1)
    #expect(scratch.text("events.jsonl.1") == "one\n")
    #expect(scratch.text("events.jsonl") == "two\n")
  }

  /// logrotate with `create`: the path names a new, empty file.
  @Test func renamedAndCreatedAnew() async throws {
    expectDelivered(await write("one"), count: 1)
    try FileManager.default.moveItem(atPath: scratch.file("events.jsonl"), toPath: scratch.file("events.jsonl.1"))
    try scratch.put("events.jsonl", "")
    expectDelivered(await write("two"), count: 1)
    #expect(scratch.text("events.jsonl.1") == "one\n")
    #expect(scratch.text("events.jsonl") == "two\n")
  }

  @Test func deleted() async throws {
    expectDelivered(await write("one"), count: 1)
    try FileManager.default.removeItem(atPath: scratch.file("events.jsonl"))
    expectDelivered(await write("two"), count: 1)
    #expect(scratch.text("events.jsonl") == "two\n")
  }

  @Test func reopenedOnASignal() async throws {
    expectDelivered(await write("one"), count: 1)
    sink.reopen()
    expectDelivered(await write("two"), count: 1)
    #expect(scratch.text("events.jsonl") == "one\ntwo\n")
  }

  /// Rotation again and again while lines come in: each line is in exactly one file, and whole.
  @Test func manyRotations() async throws {
    for round in 0..<30 {
      expectDelivered(await write("a\(round)", "b\(round)"), count: 2)
      if round % 3 == 0 {
        try FileManager.default.moveItem(
          atPath: scratch.file("events.jsonl"), toPath: scratch.file("events.jsonl.\(round)"))
      }
      if round % 5 == 0 { sink.reopen() }
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path)
    let lines = names.flatMap { (scratch.text($0) ?? "").split(separator: "\n") }
    #expect(Set(lines) == Set((0..<30).flatMap { ["a\($0)"[...], "b\($0)"[...]] }))
    #expect(lines.count == 60)
  }

  /// Whoever may write to the directory must not be able to point the sink at another file.
  @Test func symbolicLinkIsRefused() async throws {
    try scratch.put("victim", "precious\n")
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("events.jsonl"), withDestinationPath: scratch.file("victim"))
    try expectFailure(await write("one"), containing: "cannot open")
    #expect(scratch.text("victim") == "precious\n")
    try FileManager.default.removeItem(atPath: scratch.file("events.jsonl"))
    expectDelivered(await write("one"), count: 1)
  }

  /// The open file is replaced by a link to itself elsewhere: no longer the file that was configured.
  @Test func symbolicLinkToTheOpenFileIsRefused() async throws {
    expectDelivered(await write("one"), count: 1)
    try FileManager.default.moveItem(atPath: scratch.file("events.jsonl"), toPath: scratch.file("elsewhere"))
    try FileManager.default.createSymbolicLink(
      atPath: scratch.file("events.jsonl"), withDestinationPath: scratch.file("elsewhere"))
    try expectFailure(await write("two"), containing: "cannot open")
    #expect(scratch.text("elsewhere") == "one\n")
  }

  @Test func directoryOrPipeIsRefused() async throws {
    try FileManager.default.createDirectory(
      atPath: scratch.file("events.jsonl"), withIntermediateDirectories: false)
    try expectFailure(await write("one"), containing: "Is a directory")
    let fifo = FileSink(name: "fifo", path: scratch.file("fifo"))
    #expect(mkfifo(scratch.file("fifo"), 0o600) == 0)
    try expectFailure(await fifo.write([FakeOutbox.item(1, "one")]), containing: "cannot append")
  }

  @Test func missingDirectoryHealsOnceItIsThere() async throws {
    let sink = FileSink(name: "audit", path: scratch.file("sub/events.jsonl"))
    try expectFailure(await sink.write([FakeOutbox.item(1, "one")]), containing: "No such file")
    try FileManager.default.createDirectory(atPath: scratch.file("sub"), withIntermediateDirectories: false)
    expectDelivered(await sink.write([FakeOutbox.item(1, "one")]), count: 1)
    #expect(scratch.text("sub/events.jsonl") == "one\n")
  }

  /// A full device: nothing counts as delivered, only the first item is reported, and the worker goes on trying.
  @Test func fullDevice() async throws {
    let outbox = FakeOutbox(["one", "two"])
    let problems = Log<DeliveryProblem>()
    let full = FileSink(name: "full", path: "/dev/full")
    try expectFailure(await full.write(outbox.items), containing: "No space left on device")
    let worker = DeliveryWorker(sink: full, outbox: outbox, retryDelay: { _ in .milliseconds(1) }) {
      problems.append($0)
    }
    try await running(worker) {
      await eventually("it tried again and again") { problems.all.count >= 5 }
    }
    #expect(await outbox.items.count == 2)
    #expect(problems.all.allSatisfy { $0.message.contains("No space left on device") })
  }

  private func expectFailure(_ results: [DeliveryResult], containing text: String) throws {
    #expect(results.count == 1)
    guard case .failed(let item, let error, .withSink) = try #require(results.first) else {
      Issue.record("delivered: \(results)")
      return
    }
    #expect(item.sequence == 1)
    #expect(error.contains(text), "\(error)")
  }
}
