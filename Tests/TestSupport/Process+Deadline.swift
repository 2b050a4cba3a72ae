package import Foundation
import Glibc

/// A process that has not ended in time; it was killed.
package struct StillRunning: Error, CustomStringConvertible {
  package let description: String

  package init(_ program: String, _ arguments: [String], seconds: Double) {
    description = "waited \(seconds) s for the end of: \(([program] + arguments).joined(separator: " "))"
  }
}

extension Process {
  /// Waits for the end.
  ///
  /// - Parameter seconds: after these it is killed.
  /// - Returns: its exit status.
  /// - Throws: `StillRunning`.
  @discardableResult
  package func finish(within seconds: Double = 60) throws -> Int32 {
    guard hasEnded(within: seconds) else {
      kill(processIdentifier, SIGKILL)
      _ = hasEnded(within: 10)
      throw StillRunning(executableURL?.path ?? "?", arguments ?? [], seconds: seconds)
    }
    return terminationStatus
  }

  private func hasEnded(within seconds: Double) -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while isRunning, ContinuousClock.now < deadline { usleep(2_000) }
    return !isRunning
  }

  /// Starts it and waits for the end, as `finish`.
  ///
  /// - Returns: what it wrote to standard output, and if wanted, to standard error.
  package func output(withErrors: Bool = false, within seconds: Double = 60) throws -> String {
    let pipe = Pipe()
    standardOutput = pipe
    if withErrors { standardError = pipe }
    try run()
    // Reading ends with the process, so it must not be the deadline that waits for the reading.
    let number = processIdentifier
    let timeout = DispatchWorkItem { kill(number, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: timeout)
    defer { timeout.cancel() }
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    try finish(within: seconds)
    return String(decoding: bytes, as: UTF8.self)
  }
}
