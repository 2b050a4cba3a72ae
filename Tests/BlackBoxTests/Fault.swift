import Foundation
import Glibc
import TestSupport
import Testing

/// A fault of the disk, injected into the binary by a library that stands before libc: `FaultShim/fault.c`.
struct Fault: CustomStringConvertible {
  enum Call: String {
    case write
    /// Half of the bytes are taken, and what should take the rest fails: a disk that becomes full.
    case torn
    case sync
    /// A sync that does not return while the fault is on, and does its work then: a disk that hangs.
    case hang
    /// A write that fails, after which every write and sync hangs so: a disk that dies.
    case seize

    static let failing: [Call] = [.write, .torn, .sync]
  }

  /// Part of the path of the files it strikes.
  let path: String
  let call: Call
  let code: Int32
  /// Which call fails, counted from 1 while the fault is on.
  var at = 1
  /// Whether all that follow fail as well.
  let isSticky: Bool

  /// Every sync of these files hangs.
  static func hang(path: String) -> Fault { Fault(path: path, call: .hang, code: 0, isSticky: true) }

  /// A write to these files fails, and nothing more comes of any that follow.
  static func seize(path: String) -> Fault { Fault(path: path, call: .seize, code: EIO, isSticky: true) }

  var description: String {
    "\(String(cString: strerror(code))) at \(call) \(at) of \(path)\(isSticky ? " and later" : "")"
  }

  /// - Parameters:
  ///   - isOn: the fault is on while this file exists.
  ///   - hit: this file is created when a call was touched.
  func environment(isOn: String, hit: String) throws -> [String: String] {
    [
      "LD_PRELOAD": try Self.library.get().path, "FAULT_PATH": path, "FAULT_CALL": call.rawValue,
      "FAULT_AT": "\(at)", "FAULT_STICKY": isSticky ? "1" : "0", "FAULT_ERRNO": "\(code)",
      "FAULT_SWITCH": isOn, "FAULT_HIT": hit,
    ]
  }

  /// The calls to let fail, one a run, until one is not reached any more: all of the first, then ever fewer.
  static let rising = sequence(first: 1) { $0 + max(1, $0 / 3) }

  // MARK: The library

  private static let library = Result { try Library() }

  /// Built once a test run, beside the test executable, with the system's compiler or the toolchain's.
  private final class Library: Sendable {
    let path: String

    init() throws {
      let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      path = tests.appending(path: "fault.so").path
      // Another test process may build it as well, or have it loaded.
      let fresh = "\(path).\(getpid())"
      let log = fresh + ".log"
      defer { unlink(log) }
      let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "FaultShim/fault.c").path
      let arguments = ["-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror", "-o", fresh, source]
      let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
      var compiler: Child?
      for name in ["cc", "clang"] where compiler == nil {
        compiler = try? Child(name, arguments, environment: environment, stdout: log, stderr: log)
      }
      let status = try #require(compiler, "no C compiler").finish()
      try #require(status == 0, "\(WatcherBinary.text(log))")
      try #require(rename(fresh, path) == 0)
    }
  }
}
