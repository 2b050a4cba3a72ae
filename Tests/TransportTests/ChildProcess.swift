import Glibc
import TestSupport

/// A program found by `PATH`, with its output in a file. Foundation's `Process` lets children inherit each
/// other's pipes, and tests run side by side.
final class ChildProcess {
  struct Failed: Error {
    let arguments: [String]
    let reason: String
  }

  private let arguments: [String]
  private let outputPath: String
  private var pid: pid_t = 0

  /// Starts it in `folder`, with nothing on standard input.
  init(_ arguments: [String], in folder: String, outputPath: String) throws {
    self.arguments = arguments
    self.outputPath = outputPath
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, outputPath, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var pointers = (["env", "-C", folder] + arguments).map { strdup($0) } + [nil]
    defer { pointers.forEach { free($0) } }
    let code = posix_spawnp(&pid, "env", &actions, nil, &pointers, environ)
    guard code == 0 else { throw Failed(arguments: arguments, reason: String(cString: strerror(code))) }
  }

  deinit { stop() }

  var output: String {
    guard let file = fopen(outputPath, "re") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  /// Waits for the end, at most a minute, and throws unless it is a good one.
  func finish() throws {
    guard let status = status(within: 60) else {
      stop()
      throw StillRunning("env", arguments, seconds: 60)
    }
    guard status == 0 else { throw Failed(arguments: arguments, reason: output) }
  }

  /// Waits until the output holds `text`, up to ten seconds.
  func waitForOutput(_ text: String) throws {
    for _ in 0..<1_000 {
      if output.contains(text) { return }
      usleep(10_000)
    }
    throw Failed(arguments: arguments, reason: "no \(text) in \(output)")
  }

  func stop() {
    guard pid > 0 else { return }
    // Dispatch blocks the other signals on its threads, and children inherit that.
    kill(pid, SIGKILL)
    _ = status(within: 10)
  }

  /// What `waitpid` says of the end; `nil` where there is none by then.
  private func status(within seconds: Int) -> Int32? {
    var status: Int32 = 0
    for _ in 0..<seconds * 500 {
      if waitpid(pid, &status, WNOHANG) != 0 {
        pid = 0
        return status
      }
      usleep(2_000)
    }
    return nil
  }
}
