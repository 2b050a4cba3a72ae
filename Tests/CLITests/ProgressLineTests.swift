import Synchronization
import Testing

@testable import watcher

@Suite struct ProgressLineTests {
  /// What was written, and the time, in nanoseconds.
  private final class Scene: Sendable {
    let written = Mutex<[String]>([])
    let time = Mutex<Int64>(1)

    func line(isShown: Bool) -> ProgressLine {
      ProgressLine(
        isShown: isShown, write: { text in self.written.withLock { $0.append(text) } },
        clock: { self.time.withLock { $0 } })
    }

    func wait(milliseconds: Int64) { time.withLock { $0 += milliseconds * 1_000_000 } }
    var lines: [String] { written.withLock { $0 } }
  }

  @Test func tenTimesASecondAtMost() {
    let scene = Scene()
    let line = scene.line(isShown: true)
    for done in 1...1_000 {
      line.show(done, of: 1_000)
      scene.wait(milliseconds: 1)
    }
    #expect(scene.lines.count == 10)
    #expect(scene.lines.first == "\r\u{1b}[Kchecked 1 of 1000")
    #expect(scene.lines.last == "\r\u{1b}[Kchecked 901 of 1000")
  }

  @Test func isClearedOnceAndStaysSo() {
    let scene = Scene()
    let line = scene.line(isShown: true)
    line.show(1, of: 2)
    line.clear()
    line.clear()
    scene.wait(milliseconds: 1_000)
    line.show(2, of: 2)
    #expect(scene.lines == ["\r\u{1b}[Kchecked 1 of 2", "\r\u{1b}[K"])
  }

  @Test func nothingWhereThereIsNoTerminal() {
    let scene = Scene()
    let line = scene.line(isShown: false)
    line.show(1, of: 2)
    line.clear()
    #expect(scene.lines.isEmpty)
    let unused = scene.line(isShown: true)
    unused.clear()
    #expect(scene.lines.isEmpty)
  }
}
