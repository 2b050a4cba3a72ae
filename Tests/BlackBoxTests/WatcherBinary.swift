import Foundation
import Glibc
import TestSupport

/// The built `watcher`, run as a user runs it.
struct WatcherBinary {
  /// Beside the test executable, where the package manager puts it.
  static let path: String = {
    if let given = ProcessInfo.processInfo.environment["WATCHER_BINARY"] { return given }
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("watcher").path
  }()

  struct Outcome {
    let status: Int32
    let stdout: String
    let stderr: String
  }

  let directory: String

  /// Longer than any command takes; a daemon that was not meant to run would go on for ever.
  private static let limitSeconds = 120.0

  /// Runs to the end and gives what it printed; one that does not end is killed.
  func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
    let out = "\(directory)/stdout.\(UUID().uuidString)"
    let err = "\(directory)/stderr.\(UUID().uuidString)"
    let process = try start(arguments, environment: environment, stdout: out, stderr: err)
    let status = try process.finish(within: Self.limitSeconds)
    return Outcome(status: status, stdout: Self.text(out), stderr: Self.text(err))
  }

  /// Starts without waiting; output goes to files, so that nothing blocks on a pipe.
  func start(
    _ arguments: [String], environment: [String: String] = [:], stdout: String, stderr: String, blocking: [Int32] = []
  ) throws -> Child {
    try Child(
      Self.path, arguments, environment: ["PATH": "/usr/bin:/bin", "HOME": directory].merging(environment) { $1 },
      stdout: stdout, stderr: stderr, blocking: blocking)
  }

  static func text(_ path: String) -> String { (try? String(contentsOfFile: path, encoding: .utf8)) ?? "" }
}

/// Waits for a condition, looking often, up to a deadline.
func eventually(within seconds: Double = 30, _ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = Date().addingTimeInterval(seconds)
  while Date() < deadline {
    if try condition() { return true }
    usleep(20_000)
  }
  return try condition()
}
