import Glibc

/// A failure of the operating system, by its `errno`.
package struct SystemFailure: Error, CustomStringConvertible {
  package let number: Int32

  package init(number: Int32) { self.number = number }

  package var description: String { String(cString: strerror(number)) }
}
