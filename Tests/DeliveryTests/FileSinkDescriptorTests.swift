import Delivery
import Foundation
import Glibc
import Testing

@Suite struct FileSinkDescriptorTests {
  /// A number closed twice is somebody else's file the second time: another thread's, opened in between.
  @Test func aRotatedFileIsClosedOnce() async throws {
    let scratch = try Scratch()
    let path = scratch.file("events.jsonl")
    let sink = FileSink(name: "audit", path: path)
    let lost = Log<Int>()
    let stop = Log<Bool>()
    let bystander = Thread {
      var count = 0
      while stop.all.isEmpty {
        let descriptor = open("/dev/null", O_RDONLY)
        if close(descriptor) != 0 { count += 1 }
      }
      lost.append(count)
    }
    bystander.start()
    for _ in 0..<1_000 {
      _ = await sink.write([FakeOutbox.item(1, "x")])
      try FileManager.default.removeItem(atPath: path)
      // What cannot be opened for appending: the old file is closed, and there is no new one.
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      _ = await sink.write([FakeOutbox.item(1, "x")])
      try FileManager.default.removeItem(atPath: path)
    }
    stop.append(true)
    let deadline = ContinuousClock.now + .seconds(10)
    while lost.all.isEmpty, ContinuousClock.now < deadline { await Task.yield() }
    #expect(lost.all == [0])
  }
}
