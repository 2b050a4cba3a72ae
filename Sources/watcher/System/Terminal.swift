import Glibc

/// What is known about the terminal, if there is one.
enum Terminal {
  /// Columns of a terminal that does not say how many it has.
  static let usualColumns = 80

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Lines of the terminal that shows standard output; `nil` where it is none, or does not say.
  static func rows() -> Int? {
    guard isTerminal(STDOUT_FILENO) else { return nil }
    var size = winsize()
    return ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : nil
  }

  /// Columns of the terminal that shows standard output; `nil` where it is none: then lines are not cut to fit.
  static func columns(environment: [String: String]) -> Int? {
    guard isTerminal(STDOUT_FILENO) else { return nil }
    var size = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return isKnown ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init).map { max($0, 20) } ?? usualColumns
  }
}
