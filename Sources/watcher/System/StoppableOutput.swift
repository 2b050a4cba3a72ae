import CSignals
import Glibc

/// The process was told to stop, or nobody reads standard output any more.
struct OutputEnded: Error {}

/// Standard output for a command that goes on until SIGINT or SIGTERM. These are heeded also while the reader is
/// stuck, and where they can be, between lines; a reader that goes away is noticed also while nothing is written.
final class StoppableOutput {
  /// What a pipe that is ready takes without blocking. Source: pipe(7), PIPE_BUF.
  private static let chunkBytes = 4_096

  /// Readable once a signal has come.
  private let stop: Int32

  init() {
    csignals_catch_stops()
    // Where there is none to be had, only the second signal ends the command.
    stop = csignals_descriptor()
  }

  /// Writes a whole line, or several.
  func write(_ bytes: [UInt8]) throws {
    try rest(milliseconds: 0)
    var rest = bytes[...]
    while !rest.isEmpty {
      let ready = try wait(for: POLLOUT, milliseconds: -1)
      if ready.output {
        let count = rest.prefix(Self.chunkBytes).withUnsafeBytes {
          Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
        }
        if count >= 0 {
          rest = rest.dropFirst(count)
        } else if errno == EPIPE {
          throw OutputEnded()
        } else if errno != EAGAIN && errno != EINTR {
          throw Output.unwritable(errno)
        }
      } else if ready.stop {
        throw OutputEnded()
      }
    }
  }

  /// Does nothing for so long.
  func rest(milliseconds: Int32) throws {
    if try wait(for: 0, milliseconds: milliseconds).stop { throw OutputEnded() }
  }

  private func wait(for event: Int32, milliseconds: Int32) throws -> (output: Bool, stop: Bool) {
    var states = [
      pollfd(fd: STDOUT_FILENO, events: Int16(event), revents: 0), pollfd(fd: stop, events: Int16(POLLIN), revents: 0),
    ]
    guard poll(&states, 2, milliseconds) > 0 else { return (false, false) }
    if Int32(states[0].revents) & (POLLERR | POLLHUP | POLLNVAL) != 0 { throw OutputEnded() }
    return (states[0].revents != 0, states[1].revents != 0)
  }
}
