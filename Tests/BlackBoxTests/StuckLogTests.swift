import Foundation
import Glibc
import TestSupport
import Testing

/// Somebody reads the log no further: a pipe that is full, a terminal that is stopped.
@Suite struct StuckLogTests {
  private static let tags = 1_000

  @Test func pollingGoesOnAndWhatIsMissingIsCounted() throws {
    let closed = try freePort()
    // Ten at each registry, for of more that fail alike only the number is told.
    let watch = (0..<Self.tags).map { "127.0.1.\($0 / 10 + 1):\(closed)/app:t\($0)" }
    let scene = try Scene(watch: watch, interval: "1h")
    try #require(mkfifo(scene.stderr, 0o600) == 0)
    // Open at both ends, so that nobody waits for a reader and the pipe stays.
    let pipe = open(scene.stderr, O_RDWR | O_NONBLOCK | O_CLOEXEC)
    try #require(pipe >= 0)
    defer { close(pipe) }
    let daemon = try scene.daemon()
    defer { daemon.terminate() }
    // More lines than there is room for in a pipe.
    #expect(eventually { (try? scene.sql("SELECT count(*) FROM tag WHERE failures > 0")) == ["\(Self.tags)"] })
    #expect(try scene.run(["health", "--config", scene.config]).status == 0)
    let first = drain(pipe)
    #expect(first.hasSuffix("\n"), "only whole lines")
    #expect((100..<Self.tags).contains(failures(in: first)))
    // The next line that finds room says how many were left out.
    daemon.terminate()
    #expect(try daemon.finish() == 0)
    let rest = drain(pipe)
    let lost = try #require(rest.firstMatch(of: /level=warning msg=log_lines_lost count=(\d+)\n/)?.1)
    // The line that says that all have been looked at may be among them.
    let others = (first + rest).contains("msg=first_pass") ? 0 : 1
    #expect(failures(in: first + rest) + (try #require(Int(lost))) == Self.tags + others)
    #expect(rest.contains("msg=stopped"))
  }

  private func failures(in log: String) -> Int {
    log.split(separator: "\n").filter { $0.contains("msg=poll_failed") }.count
  }

  private func drain(_ pipe: Int32) -> String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(pipe, &chunk, chunk.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }
}
