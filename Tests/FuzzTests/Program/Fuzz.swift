import Glibc

// Built by scripts/fuzz alone: libFuzzer, which comes with the toolchain, drives a target and learns from the branches
// that its inputs take.

/// Source: llvm.org, libFuzzer, "Using libFuzzer as a library".
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ one: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// `fuzz TARGET OPTIONS…` with the options of libFuzzer; without arguments it lists the targets.
@main
enum Fuzz {
  nonisolated(unsafe) private static var target = FuzzTarget(name: "none") { _ in }

  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count > 1 else { return print(FuzzTarget.all.map(\.name).joined(separator: "\n")) }
    guard let target = FuzzTarget[arguments[1]] else {
      say("there is no target \(arguments[1])")
      exit(64)
    }
    Self.target = target
    var pointers = ([arguments[0]] + arguments.dropFirst(2)).map { strdup($0) }
    var count = Int32(pointers.count)
    pointers.append(nil)
    let status = pointers.withUnsafeMutableBufferPointer { pointers in
      guard var start = pointers.baseAddress else { return Int32(70) }
      return runDriver(&count, &start) { bytes, length in
        Fuzz.check(Array(UnsafeBufferPointer(start: bytes, count: length)))
        return 0
      }
    }
    exit(status)
  }

  private static func check(_ bytes: [UInt8]) {
    do {
      try target.check(bytes)
    } catch {
      say("\(target.name): \(error)")
      abort()
    }
  }

  /// Unbuffered, for the process may end with the next instruction.
  private static func say(_ text: String) {
    _ = Array("\(text)\n".utf8).withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
  }
}
