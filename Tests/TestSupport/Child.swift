package import Glibc

/// A program that tests start: its output goes to files, so that nothing blocks on a pipe, it inherits none of
/// the first 1,024 descriptors, and its signals are as a shell would leave them. Killed when it is no longer referred to.
///
/// Foundation's `Process` keeps descriptors of its own until a run loop has run, and writes beyond its memory when there
/// are more than 1,024.
package final class Child {
  package struct CannotStart: Error {
    package let program: String
    package let reason: String
  }

  package let pid: pid_t
  private let program: String
  private let arguments: [String]
  /// As a shell tells it: the exit code, or 128 and the signal.
  private var status: Int32?

  /// - Parameters:
  ///   - program: looked for in `PATH` unless it is a path.
  ///   - environment: the tests' own if it is `nil`.
  ///   - stdout: what is there already is kept.
  ///   - blocking: signals that it starts with blocked.
  package init(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil, directory: String? = nil,
    stdin: String = "/dev/null", stdout: String = "/dev/null", stderr: String = "/dev/null", blocking: [Int32] = []
  ) throws {
    (self.program, self.arguments) = (program, arguments)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, stdin, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, stdout, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, stderr, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // Closing what is not open is no error.
    for descriptor: Int32 in 3..<1_024 { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var blocked = sigset_t()
    var all = sigset_t()
    sigemptyset(&blocked)
    for number in blocking { sigaddset(&blocked, number) }
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let line = (directory.map { ["env", "-C", $0] } ?? []) + [program] + arguments
    var words = line.map { strdup($0) } + [nil]
    var settings = (environment ?? [:]).map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    var pid: pid_t = 0
    let code = settings.withUnsafeMutableBufferPointer {
      posix_spawnp(&pid, line[0], &actions, &attributes, &words, environment == nil ? environ : $0.baseAddress)
    }
    guard code == 0 else { throw CannotStart(program: program, reason: String(cString: strerror(code))) }
    self.pid = pid
  }

  deinit {
    signal(SIGKILL)
    while status == nil { look(0) }
  }

  package var isRunning: Bool {
    look(WNOHANG)
    return status == nil
  }

  /// A child that has ended is reaped here and nowhere else, so its number cannot be another's yet.
  package func signal(_ number: Int32) {
    if isRunning { kill(pid, number) }
  }

  package func terminate() { signal(SIGTERM) }

  /// Waits for the end and gives the exit status. One that has not ended by then is killed.
  ///
  /// - Throws: `StillRunning`.
  @discardableResult package func finish(within seconds: Double = 60) throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while isRunning, ContinuousClock.now < deadline { usleep(2_000) }
    guard let status else {
      signal(SIGKILL)
      throw StillRunning(program, arguments, seconds: seconds)
    }
    return status
  }

  private func look(_ options: Int32) {
    guard status == nil else { return }
    var word: Int32 = 0
    switch waitpid(pid, &word, options) {
    case pid: status = word & 0x7f == 0 ? (word >> 8) & 0xff : 128 + (word & 0x7f)
    // Somebody else has reaped it.
    case -1 where errno == ECHILD: status = -1
    default: break
    }
  }
}

/// A process that has not ended in time; it was killed.
package struct StillRunning: Error, CustomStringConvertible {
  package let description: String

  package init(_ program: String, _ arguments: [String], seconds: Double) {
    description = "waited \(seconds) s for the end of: \(([program] + arguments).joined(separator: " "))"
  }
}
