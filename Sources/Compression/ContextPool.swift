import Synchronization

/// Working memory of libzstd that nobody uses at the moment: a quarter of a megabyte for each that writes, which is not
/// to be had anew for every row.
final class ContextPool: Sendable {
  /// More are only there while more threads are at work.
  private static let kept = 4

  private struct Context: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let idle = Mutex<[Context]>([])
  private let make: @Sendable () -> OpaquePointer?
  private let free: @Sendable (OpaquePointer) -> Void

  init(make: @escaping @Sendable () -> OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Void) {
    self.make = make
    self.free = free
  }

  deinit { idle.withLock { $0.forEach { free($0.pointer) } } }

  /// Lends one, to this thread alone.
  func lend<T>(_ body: (OpaquePointer) throws(FrameError) -> T) throws(FrameError) -> T {
    guard let pointer = idle.withLock({ $0.popLast() })?.pointer ?? make() else { throw .outOfMemory }
    defer { giveBack(Context(pointer: pointer)) }
    return try body(pointer)
  }

  private func giveBack(_ context: Context) {
    let isKept = idle.withLock { idle in
      guard idle.count < Self.kept else { return false }
      idle.append(context)
      return true
    }
    if !isKept { free(context.pointer) }
  }
}
