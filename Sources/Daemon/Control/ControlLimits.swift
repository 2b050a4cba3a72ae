/// What a peer on the control socket may take.
enum ControlLimits {
  static let connections = 16
  static let requestBytes = 1 << 20
  /// A request must be there, and a reply taken off, within this.
  static let ioSeconds = 5
  /// A daemon from which nothing comes for this long is not there any more.
  static let silenceSeconds = 15
  static let replyBytes = 1 << 20
}
