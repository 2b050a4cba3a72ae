import Glibc

/// Input, output and errors, which whoever starts the program may have closed.
enum StandardDescriptors {
  /// Takes the numbers that are free: a database or a connection would get them, and be sent events and logs.
  /// Opened the wrong way round, so that what is written still fails.
  static func occupy() {
    for number in STDIN_FILENO...STDERR_FILENO where fcntl(number, F_GETFD) < 0 {
      // The lowest free number is the one given out.
      _ = open("/dev/null", number == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }
}
