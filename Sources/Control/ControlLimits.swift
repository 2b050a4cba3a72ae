/// What a peer on the control socket may take.
enum ControlLimits {
  static let connections = 16
  static let requestBytes = 1 << 20
  /// A request must be there, and a reply taken off, within this.
  static let ioSeconds = 5
  /// One line of a reply.
  static let replyBytes = 1 << 20
  /// Lines are sent in pieces of about this.
  static let writeBytes = 64 << 10
  /// Between two lines that say how far a long request has come.
  static let progressSeconds = 1
}
