import Glibc

/// Memory that the C allocator holds and does not need.
///
/// Swift's Glibc module leaves <malloc.h> out, and other C libraries have no such functions: they are looked up.
package enum SpareMemory {
  private static let trim = dlsym(nil, "malloc_trim").map {
    unsafeBitCast($0, to: (@convention(c) (Int) -> Int32).self)
  }

  private static let setOption = dlsym(nil, "mallopt").map {
    unsafeBitCast($0, to: (@convention(c) (Int32, Int32) -> Int32).self)
  }

  /// `M_MMAP_THRESHOLD` of <malloc.h>.
  private static let mapThreshold: Int32 = -3
  private static let largeBytes: Int32 = 256 << 10

  /// Gives back to the system what start-up or a burst of changes has left in the allocator's arenas.
  package static func giveBack() { _ = trim?(0) }

  /// Has blocks of 256 KiB and more given back as they are freed.
  ///
  /// Left alone, glibc puts its threshold up to the largest block that was ever freed: one body of some megabytes, and
  /// the next ones lie in the arenas and break them into pieces that no trimming gets back (16 MB of 30 in the soak).
  package static func mapLargeBlocks() { _ = setOption?(mapThreshold, largeBytes) }
}
