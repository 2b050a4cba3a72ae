import Dispatch
import Glibc
import Host
import ImageModel
import Testing

@Suite struct HostTests {
  @Test func nowIsThisCentury() {
    #expect((Timestamp(milliseconds: 1_700_000_000_000)...Timestamp(milliseconds: 4_102_444_800_000)).contains(.now()))
  }

  @Test func theClocksGoForward() {
    let (boot, monotonic) = (BootTime.now(), MonotonicClock.nanoseconds())
    #expect(boot.milliseconds > 0 && monotonic > 0)
    #expect(BootTime.now() >= boot && MonotonicClock.nanoseconds() >= monotonic)
    // Suspension counts for the one only.
    #expect(BootTime.now().milliseconds >= MonotonicClock.nanoseconds() / 1_000_000 - 1_000)
  }

  /// A pipe holds 64 KiB, and its other holder made it non-blocking.
  @Test func allIsWrittenToASlowReader() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    let (reading, writing) = (ends[0], ends[1])
    #expect(fcntl(writing, F_SETFL, O_NONBLOCK) == 0)
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let done = DispatchSemaphore(value: 0)
    nonisolated(unsafe) var read: [UInt8] = []
    DispatchQueue(label: "reader").async {
      var chunk = [UInt8](repeating: 0, count: 10_000)
      while case let count = Glibc.read(reading, &chunk, chunk.count), count > 0 { read += chunk[..<count] }
      done.signal()
    }
    let (count, failure) = writeAll(bytes[...], to: writing)
    #expect(count == bytes.count && failure == 0)
    close(writing)
    try #require(done.wait(timeout: .now() + 10) == .success, "waited 10 s for the reader")
    #expect(read == bytes)
    close(reading)
  }

  @Test func aFailureSaysHowFarItCame() {
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let (count, failure) = writeAll([1, 2, 3][...], to: full)
    #expect(count == 0 && failure == ENOSPC)
    #expect("\(SystemError(code: failure))" == "No space left on device")
    let error = SystemError(call: "write to", subject: "a\u{1b}b", code: ENOSPC)
    #expect("\(error)" == "cannot write to a\\u{1b}b: No space left on device")
  }

  @Test(arguments: [("a", "."), ("/a", "/"), ("/a/b", "/a"), ("a/b/", "a/b")])
  func directories(path: String, folder: String) { #expect(directory(of: path) == folder) }
}
