import Glibc
import Host
import TestSupport
import Testing

@testable import Control

@Suite(.timeLimit(.minutes(1))) struct ControlSocketTests {
  /// A process that is frozen takes no connection, and each that was given up fills its queue.
  @Test func aQueueThatIsFullIsNotWaitedForLong() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path + "/s"
    let address = try #require(UnixSocketAddress(path))
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    #expect(address.withPointer { bind(listener, $0, $1) } == 0 && listen(listener, 1) == 0)
    var waiting: [Int32] = []
    defer { for descriptor in waiting { close(descriptor) } }
    var result = ControlSocket.connect(path, seconds: 1)
    while case .success(let descriptor) = result, waiting.count < 10 {
      waiting.append(descriptor)
      result = ControlSocket.connect(path, seconds: 1)
    }
    guard case .failure(let error) = result else { Issue.record("never full"); return }
    #expect(error.code == EAGAIN && !waiting.isEmpty)
  }
}
