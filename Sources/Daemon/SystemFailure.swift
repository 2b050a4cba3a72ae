import Glibc

/// A failure of the operating system, by its `errno`.
public struct SystemFailure: Error, CustomStringConvertible {
  public let number: Int32

  public init(number: Int32) { self.number = number }

  public var description: String { String(cString: strerror(number)) }
}
