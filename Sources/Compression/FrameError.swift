/// Why a frame cannot be read, or made.
package enum FrameError: Error, Hashable, Sendable, CustomStringConvertible {
  /// It does not begin as one, or does not say how long what is in it is.
  case noFrame
  /// It names a dictionary that is not known here.
  case unknownDictionary(UInt32)
  /// More than is wanted would come out.
  case tooLarge(UInt64)
  /// It ends too early, goes on behind its end, or was changed: what libzstd says.
  case damaged(String)
  case outOfMemory

  package var description: String {
    switch self {
    case .noFrame: "it is no zstd frame that says its size"
    case .unknownDictionary(let number): "its dictionary is not known (\(number))"
    case .tooLarge(let bytes): "it would be too large (\(bytes) bytes)"
    case .damaged(let reason): "its frame is damaged (\(reason))"
    case .outOfMemory: "there is not enough memory"
    }
  }
}
