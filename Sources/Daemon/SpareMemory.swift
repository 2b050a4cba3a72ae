import Glibc

/// Memory that the C allocator holds and does not need.
enum SpareMemory {
  /// Swift's Glibc module leaves <malloc.h> out, and other C libraries have no such function.
  private static let trim = dlsym(nil, "malloc_trim").map {
    unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self)
  }

  /// Gives back to the system what start-up or a burst of changes has left in the allocator's arenas.
  static func giveBack() { _ = trim?(0) }
}
