import Glibc
import Host
import Synchronization

/// One event a line at the end of a file. A line counts as delivered once it is on disk.
///
/// The file may be renamed or removed at any time: before each batch the open file is compared with what the
/// path names now, and opened anew where they differ, also without a signal. Truncating it in place
/// (logrotate's `copytruncate`) loses lines.
package final class FileSink: Sink {
  package let name: String
  private let path: String
  private let queue: BlockingQueue
  private let file: Mutex<LogFile?>

  /// - Parameter path: absolute; the file is created with mode 0640 if it is missing, and never reached
  ///   through a symbolic link.
  package init(name: String, path: String) {
    self.name = name
    self.path = path
    queue = BlockingQueue(label: "sink.\(name)")
    file = Mutex(nil)
  }

  /// That the file cannot be written, or made. Makes nothing.
  package var looks: [SinkLook] {
    [
      SinkLook(setting: "path", path: path) { [path] in
        do throws(SystemError) {
          try LogFile.look(at: path)
          return nil
        } catch {
          return error.description
        }
      }
    ]
  }

  deinit { file.withLock { $0?.close() } }

  /// Opens the file anew before the next batch. Returns at once.
  package func reopen() {
    queue.enqueue { [self] in
      file.withLock { file in
        file?.close()
        file = nil
      }
    }
  }

  package func write(_ items: [OutboxItem]) async -> [DeliveryResult] {
    let outcome = await queue.run { [self] in
      file.withLock { Self.write(items, to: &$0, at: path) }
    }
    return outcome.results(of: items)
  }

  private static func write(_ items: [OutboxItem], to file: inout LogFile?, at path: String) -> [DeliveryResult] {
    guard let first = items.first else { return [] }
    var written: [OutboxItem] = []
    do throws(SystemError) {
      var target = try current(&file, at: path)
      file = target
      var failure: DeliveryResult?
      try target.writer.finish(oneOf: items.lazy.map(\.body))
      for item in items {
        do throws(SystemError) {
          try target.writer.write(line: item.body)
          written.append(item)
        } catch {
          failure = .failed(item, error: error.description, next: .withSink)
          break
        }
      }
      file = target
      if !written.isEmpty { try target.synchronize() }
      return written.map { .delivered(sequence: $0.sequence) } + (failure.map { [$0] } ?? [])
    } catch {
      // After a failed fsync the kernel forgets what it could not write, so all of it is written again.
      file?.close()
      file = nil
      return (written.isEmpty ? [first] : written).map { .failed($0, error: error.description, next: .withSink) }
    }
  }

  private static func current(_ file: inout LogFile?, at path: String) throws(SystemError) -> LogFile {
    if let open = file {
      if open.isStill(at: path) { return open }
      open.close()
      // Forgotten at once: closed a second time, the number may be somebody else's by then.
      file = nil
    }
    return try LogFile(path: path)
  }
}
