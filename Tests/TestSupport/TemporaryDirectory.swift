import Foundation

/// A directory that goes with its owner; in memory where the machine has such a place, for speed.
package final class TemporaryDirectory: Sendable {
  package let path: String

  package init() throws {
    let parent = FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : "/tmp"
    path = "\(parent)/watcher-test.\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
