import Glibc
import ImageModel

/// What the kernel says of this process.
package struct ProcessFigures: Sendable {
  package let residentBytes: Int
  package let openDescriptors: Int
  package let cpuSeconds: Double
  /// Unix time.
  package let startSeconds: Double

  /// `nil` where /proc cannot be read.
  package static func read() -> ProcessFigures? {
    // After the name, which may hold anything, come the state and numbers. Source: proc(5), /proc/pid/stat.
    guard let stat = contents("/proc/self/stat"), let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[stat.index(after: end)...].split(separator: " ")
    let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
    guard fields.count > 21, ticks > 0, let user = Double(fields[11]), let system = Double(fields[12]),
      let started = Double(fields[19]), let pages = Int(fields[21])
    else { return nil }
    return ProcessFigures(
      residentBytes: pages * Int(sysconf(Int32(_SC_PAGESIZE))), openDescriptors: descriptors(),
      cpuSeconds: (user + system) / ticks, startSeconds: bootTime() + started / ticks)
  }

  /// Unix time of the machine's start.
  private static func bootTime() -> Double {
    Double(Timestamp.now().milliseconds / 1_000 - BootTime.now().milliseconds / 1_000)
  }

  private static func descriptors() -> Int {
    guard let directory = opendir("/proc/self/fd") else { return 0 }
    defer { closedir(directory) }
    var count = 0
    while let entry = readdir(directory) {
      if entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
    }
    // Without the one it is read through.
    return count - 1
  }

  private static func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
  }
}
