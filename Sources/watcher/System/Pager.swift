import Glibc
import Host
import ImageModel

/// The program that shows a text page by page, as git chooses and starts it.
struct Pager {
  /// Where `less` is missing, the status is that of any other pager that is.
  private static let usual = "command -v less >/dev/null || exit 127; exec less"
  /// It ends by itself where all fits the screen, shows colours, and leaves the text on the screen.
  private static let usualLess = ["LESS": "FRX", "LV": "-c"]

  private let command: String
  private let environment: [String: String]
  private let isChosen: Bool

  /// - Returns: `nil` where none is wanted: the variable is empty, or `cat`.
  init?(environment: [String: String]) {
    let chosen = environment["WATCHER_PAGER"] ?? environment["PAGER"]
    guard chosen?.isEmpty != true, chosen != "cat" else { return nil }
    command = chosen ?? Self.usual
    isChosen = chosen != nil
    self.environment = Self.usualLess.merging(environment) { $1 }
  }

  /// Shows a text, and waits until its reader has seen enough. A pager that cannot be started loses nothing of it.
  func show(_ text: [UInt8]) throws {
    guard let status = run(text), status != 126, status != 127 else {
      if isChosen { Output.warning("the pager cannot be started (\(command.shown)): correct WATCHER_PAGER or PAGER") }
      return try Output.write(text)
    }
  }

  /// - Returns: what it exited with, 0 if a signal ended it; `nil` where it was not started.
  private func run(_ text: [UInt8]) -> Int32? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    // The pager would hold its own input open, and wait for its end for ever.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let process = start(input: ends[0])
    close(ends[0])
    guard let process else {
      close(ends[1])
      return nil
    }
    // Keys that interrupt are the pager's to understand, as long as it runs.
    signal(SIGINT, SIG_IGN)
    signal(SIGQUIT, SIG_IGN)
    // A reader who has seen enough closes it before all is written.
    _ = writeAll(text[...], to: ends[1])
    close(ends[1])
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 { if errno != EINTR { return 0 } }
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 0
  }

  private func start(input: Int32) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // What this process ignores it would ignore as well.
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGPIPE, SIGINT, SIGQUIT] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let line: [String] = ["sh", "-c", command]
    var words = line.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + variables).forEach { free($0) } }
    var process: pid_t = 0
    return posix_spawn(&process, "/bin/sh", &actions, &attributes, &words, &variables) == 0 ? process : nil
  }
}
