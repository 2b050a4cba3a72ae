import Delivery
import Foundation
import ImageModel
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct StdoutSinkTests {
  init() { signal(SIGPIPE, SIG_IGN) }

  private func output(_ descriptor: Int32) -> LineOutput { LineOutput(descriptor, subject: "standard output") }

  /// - Returns: the lines that are read from a pipe while something writes, and what was left in it.
  private func read(_ pipe: SmallPipe, while writing: () async -> Void) async throws -> [String] {
    let lines = Log<[String]>()
    Thread { lines.append(pipe.readLines()) }.start()
    await writing()
    pipe.closeWriter()
    await eventually("all read") { !lines.all.isEmpty }
    return try #require(lines.all.first)
  }

  @Test func lines() async throws {
    let pipe = try SmallPipe()
    let sink = StdoutSink(name: "journal", output: output(pipe.writer))
    #expect(sink.name == "journal")
    #expect(await sink.write([FakeOutbox.item(1, "one"), FakeOutbox.item(2, "two")]).count == 2)
    pipe.closeWriter()
    #expect(pipe.readLines() == ["one", "two"])
  }

  /// What it has taken is told of before all of a batch is.
  @Test func aReaderThatIsSlow() async throws {
    let pipe = try SmallPipe()
    let sink = StdoutSink(output: LineOutput(pipe.writer, subject: "standard output", patience: .zero))
    let items = (1...3).map { FakeOutbox.item($0, "\($0)") }
    #expect(await sink.write(items) == [.delivered(sequence: 1)])
    #expect(await sink.write(Array(items.dropFirst())) == [.delivered(sequence: 2)])
    pipe.closeWriter()
    #expect(pipe.readLines() == ["1", "2"])
  }

  /// The reader went away: a failed delivery, not the end of the process and not a lost event.
  @Test func closedReader() async throws {
    let pipe = try SmallPipe()
    pipe.closeReader()
    let outbox = FakeOutbox(["one", "two"])
    let problems = Log<DeliveryProblem>()
    let sink = StdoutSink(output: output(pipe.writer))
    let worker = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: { _ in .milliseconds(1) }) {
      problems.append($0)
    }
    try await running(worker) {
      await eventually("it tried several times") { problems.all.count >= 3 }
    }
    #expect(await outbox.items.count == 2)
    #expect(problems.all.allSatisfy { $0.message == "cannot write to standard output: Broken pipe" })
  }

  /// The reader stops reading: one batch is in memory however much waits, other sinks go on, and once it reads
  /// again every line arrives, whole and in order.
  @Test func blockedReader() async throws {
    let bodies = (1...300).map { "event \($0) " + String(repeating: "x", count: $0 * 7 % 400) }
    let outbox = FakeOutbox(bodies)
    let pipe = try SmallPipe()
    let worker = DeliveryWorker(sink: StdoutSink(output: output(pipe.writer)), outbox: outbox)
    let scratch = try Scratch()
    let other = FakeOutbox(bodies)
    let file = DeliveryWorker(sink: FileSink(name: "file", path: scratch.file("out")), outbox: other)
    try await running(worker) {
      await eventually("the pipe is full") { pipe.isFull }
      try await running(file) {
        await eventually("the other sink has all") { await other.isEmpty }
      }
      for _ in 1...100 { worker.wake() }
      #expect(await outbox.fetches == [64])
      #expect(await outbox.items.count == 300)

      let read = try await read(pipe) { await eventually("all delivered") { await outbox.isEmpty } }
      #expect(read == bodies)
    }
  }

  /// A service that stops does not wait for the reader; what was cut off comes again, and no line is mixed with
  /// another, though the first write still goes on behind the stopped worker.
  @Test func stoppedWhileBlocked() async throws {
    let bodies = (1...100).map { "event \($0) " + String(repeating: "y", count: 300) }
    let outbox = FakeOutbox(bodies)
    let pipe = try SmallPipe()
    let sink = StdoutSink(output: output(pipe.writer))
    let first = DeliveryWorker(sink: sink, outbox: outbox)
    let task = Task { await first.run() }
    await eventually("the pipe is full") { pipe.isFull }
    await first.stop(drainingFor: .milliseconds(10))
    await task.value
    #expect(await outbox.items.count == 100)

    let problems = Log<DeliveryProblem>()
    let second = DeliveryWorker(sink: sink, outbox: outbox, retryDelay: { _ in .milliseconds(1) }) {
      problems.append($0)
    }
    try await running(second) {
      await eventually("nothing piles up behind the blocked write") { problems.all.count >= 3 }
      #expect(problems.all.allSatisfy { $0.message == "an earlier write still blocks" })
      let read = try await read(pipe) { await eventually("all delivered") { await outbox.isEmpty } }
      #expect(Set(read) == Set(bodies))
      #expect(Array(read.suffix(100)) == bodies)
    }
  }

  /// A reload gives the sink another name while a long line of the old one is on its way: they write one after another.
  @Test(arguments: [false, true]) func twoSinksDoNotMixTheirLines(isOldOneStopped: Bool) async throws {
    let pipe = try SmallPipe()
    let output = output(pipe.writer)
    let old = FakeOutbox(["old " + String(repeating: "x", count: 9_000)])
    let new = FakeOutbox(["new " + String(repeating: "y", count: 9_000)])
    let first = DeliveryWorker(sink: StdoutSink(name: "old", output: output), outbox: old)
    let second = DeliveryWorker(
      sink: StdoutSink(name: "new", output: output), outbox: new, retryDelay: { _ in .milliseconds(1) })
    let task = Task { await first.run() }
    await eventually("the pipe is full") { pipe.isFull }
    if isOldOneStopped { await first.stop(drainingFor: .zero) }
    try await running(second) {
      await eventually("the new one has something to write") { await new.fetchCount >= 1 }
      let read = try await read(pipe) {
        await eventually("delivered") { await new.isEmpty }
        await first.stop(drainingFor: .seconds(10))
        await task.value
      }
      #expect(read.map { "\($0.prefix(4))\($0.utf8.count)" } == ["old 9004", "new 9004"])
    }
  }

  /// Somebody else made the pipe non-blocking; lines longer than the pipe must come through whole.
  @Test func nonBlockingDescriptor() async throws {
    let pipe = try SmallPipe()
    _ = fcntl(pipe.writer, F_SETFL, O_NONBLOCK)
    let bodies = (1...20).map { "\($0) " + String(repeating: "z", count: 16_000) }
    let read = try await read(pipe) {
      let results = await StdoutSink(output: output(pipe.writer)).write(
        bodies.enumerated().map { FakeOutbox.item($0, $1) })
      #expect(results == (0..<20).map { .delivered(sequence: EventSequence($0)) })
    }
    #expect(read == bodies)
  }

  /// Standard output may be a file on a full disk.
  @Test func fullDevice() async throws {
    let descriptor = open("/dev/full", O_WRONLY)
    defer { close(descriptor) }
    let item = FakeOutbox.item(1, "one")
    let results = await StdoutSink(output: output(descriptor)).write([item, FakeOutbox.item(2, "two")])
    #expect(
      results == [.failed(item, error: "cannot write to standard output: No space left on device", next: .withSink)])
  }

  /// A line cut off by an error is ended before it is written again: here a reader leaves in its middle and
  /// another one comes.
  @Test func lineCutOff() async throws {
    let scratch = try Scratch()
    let pipe = try SmallPipe(named: scratch.file("pipe"))
    let sink = StdoutSink(output: output(pipe.writer))
    let item = FakeOutbox.item(1, String(repeating: "long", count: 1_500))
    async let results = sink.write([item])
    await eventually("the pipe is full") { pipe.isFull }
    pipe.closeReader()
    #expect(await results == [.failed(item, error: "cannot write to standard output: Broken pipe", next: .withSink)])

    let lines = Log<[String]>()
    let path = scratch.file("pipe")
    let reader = Thread {
      let descriptor = open(path, O_RDONLY)
      lines.append(SmallPipe.readLines(descriptor))
      close(descriptor)
    }
    reader.start()
    await eventually("delivered") { await sink.write([item]) == [.delivered(sequence: 1)] }
    pipe.closeWriter()
    await eventually("all read") { !lines.all.isEmpty }
    let whole = String(repeating: "long", count: 1_500)
    #expect(lines.all.first == [String(whole.prefix(4_096)), whole])
  }
}
