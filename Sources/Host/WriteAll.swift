import Glibc

/// Writes all of it, going on where the system took only a part and waiting where another holder made the descriptor
/// non-blocking. Blocks while the reader is slow.
///
/// - Returns: how many bytes were written, and the errno of what ended it before; 0 if all were.
package func writeAll(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> (count: Int, errno: Int32) {
  var rest = bytes
  while !rest.isEmpty {
    let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    if count > 0 {
      rest = rest.dropFirst(count)
    } else if count == 0 {
      return (bytes.count - rest.count, EIO)
    } else if errno == EAGAIN {
      var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      _ = poll(&ready, 1, -1)
    } else if errno != EINTR {
      return (bytes.count - rest.count, errno)
    }
  }
  return (bytes.count, 0)
}
