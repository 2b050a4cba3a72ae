import Delivery
import Foundation
import Glibc
import Testing

/// Files whose last line has no end: the disk was full, the process was killed, or somebody else writes there.
@Suite(.timeLimit(.minutes(1))) struct TornLineTests {
  private static let line = #"{"specversion":"1.0","id":"e1"}"#
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func write(_ sink: FileSink, _ texts: String...) async -> [DeliveryResult] {
    await sink.write(texts.enumerated().map { FakeOutbox.item($0 + 1, $1) })
  }

  /// The process was killed in the middle of a batch, of which nothing was settled: all of it is written again.
  @Test(arguments: [31, 32, 62, 63]) func aLineInTheMiddleOfABatchIsFinished(count: Int) async throws {
    let lines = (1...3).map { #"{"specversion":"1.0","id":"e\#($0)"}"# }
    let sink = FileSink(name: "audit", path: scratch.file("events.jsonl"))
    let before = lines.map { $0 + "\n" }.joined().prefix(lines[0].utf8.count + 1 + count)
    try scratch.put("events.jsonl", String(before))
    #expect(await write(sink, lines[0], lines[1], lines[2]).count == 3)
    let written = try #require(scratch.text("events.jsonl"))
    #expect(written.hasPrefix(before) && written.hasSuffix(lines.map { $0 + "\n" }.joined()))
    let whole = written.split(separator: "\n").map(String.init)
    #expect(Set(whole) == Set(lines), "no half line: \(whole)")
  }

  /// The process was killed in the middle of a line.
  @Test(arguments: 1...line.utf8.count) func aLineOfOursIsFinished(count: Int) async throws {
    let sink = FileSink(name: "audit", path: scratch.file("events.jsonl"))
    try scratch.put("events.jsonl", "whole\n" + Self.line.prefix(count))
    #expect(await write(sink, Self.line, "next").count == 2)
    #expect(scratch.text("events.jsonl") == "whole\n\(Self.line)\nnext\n")
  }

  /// Also the first line of a file, and one that is longer than what is read at a time.
  @Test(arguments: [1, 4_096, 200_000]) func aLongLineOfOursIsFinished(count: Int) async throws {
    let line = #"{"padding":""# + String(repeating: "x", count: 200_000) + #""}"#
    let sink = FileSink(name: "audit", path: scratch.file("events.jsonl"))
    try scratch.put("events.jsonl", String(line.prefix(count)))
    #expect(await write(sink, line).count == 1)
    #expect(scratch.text("events.jsonl") == line + "\n")
  }

  /// Nothing of it is cut off.
  @Test(arguments: ["{\"to", #"{"specversion":"1.0","id":"e2"}"#, String(repeating: "x", count: 300_000)])
  func aLineOfOthersIsEnded(torn: String) async throws {
    let sink = FileSink(name: "audit", path: scratch.file("events.jsonl"))
    try scratch.put("events.jsonl", "whole\n" + torn)
    #expect(await write(sink, Self.line).count == 1)
    #expect(scratch.text("events.jsonl") == "whole\n\(torn)\n\(Self.line)\n")
  }

  /// The disk is full in the middle of a line, which is nowhere to be seen then, and fits later.
  @Test(.enabled(if: SmallDisk.isPossible, "no file system can be mounted here"))
  func aFullDiskTearsNoLine() async throws {
    let disk = try #require(SmallDisk(scratch.file("disk"), bytes: 65_536))
    let path = scratch.file("disk/events.jsonl")
    let lines = (1...6).map { #"{"number":\#($0),"padding":""# + String(repeating: "x", count: 10_000) + #""}"# }
    let filler = scratch.file("disk/filler")
    try Data(repeating: 0, count: 20_000).write(to: URL(filePath: filler))
    let outbox = FakeOutbox(lines)
    let problems = Log<DeliveryProblem>()
    let worker = DeliveryWorker(
      sink: FileSink(name: "audit", path: path), outbox: outbox, retryDelay: { _ in .milliseconds(1) }
    ) { problems.append($0) }
    try await running(worker) {
      await eventually("the disk is full") { problems.all.count > 3 }
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let whole = text.split(separator: "\n").map(String.init)
      #expect(!whole.isEmpty && whole.count < 6 && whole == Array(lines.prefix(whole.count)) && text.hasSuffix("\n"))
      #expect(problems.all.allSatisfy { $0.message.hasSuffix("No space left on device") })
      try FileManager.default.removeItem(atPath: filler)
      try FileManager.default.removeItem(atPath: disk.ballast)
      await eventually("all delivered") { await outbox.isEmpty }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == lines.map { $0 + "\n" }.joined())
  }

  /// Standard output that is sent to a file, by `>>`, whose end others have moved since.
  @Test(.enabled(if: SmallDisk.isPossible, "no file system can be mounted here"))
  func whatOthersWroteMeanwhileStays() async throws {
    let disk = try #require(SmallDisk(scratch.file("disk"), bytes: 65_536))
    let path = scratch.file("disk/out")
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    defer { close(descriptor) }
    let sink = StdoutSink(output: LineOutput(descriptor, subject: "standard output"))
    let long = String(repeating: "y", count: 60_000)
    guard case .failed = await sink.write([FakeOutbox.item(1, long)]).first else {
      Issue.record("there was room")
      return
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8).isEmpty)
    let other = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    #expect(Glibc.write(other, "other\n", 6) == 6)
    close(other)
    try FileManager.default.removeItem(atPath: disk.ballast)
    #expect(await sink.write([FakeOutbox.item(1, long)]).count == 1)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "other\n\(long)\n")
  }
}

/// A file system in memory that is small, and half full. Only root can have one.
private final class SmallDisk {
  private let path: String
  let ballast: String

  init?(_ path: String, bytes: Int) {
    self.path = path
    ballast = path + "/ballast"
    mkdir(path, 0o700)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else { return nil }
    guard FileManager.default.createFile(atPath: ballast, contents: Data(repeating: 0, count: bytes / 4)) else {
      return nil
    }
  }

  /// Not for every user, nor in every container.
  static let isPossible =
    (try? Scratch()).map { scratch in SmallDisk(scratch.file("disk"), bytes: 4_096) != nil } ?? false

  deinit { umount2(path, Int32(MNT_DETACH)) }
}
