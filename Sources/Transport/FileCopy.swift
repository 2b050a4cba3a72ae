import CCurl
import Glibc
import Host
import ImageModel
import Synchronization

/// Some files as they were once, one after another in a file in memory, where libcurl reads them: it has one thread for
/// all, which a file system that hangs would hold. `CURLOPT_CAINFO_BLOB` and its like libcurl would copy and compare
/// with every request, keep with every connection and parse for each.
final class FileCopy: Sendable {
  /// Why there is none.
  struct Problem: Error {
    let file: String
    /// Without its name.
    let reason: String
  }

  private static let made = Atomic<UInt32>(0)

  let files: [String]
  let stamps: [FileStamp]
  /// Where libcurl reads it. No other copy of this process has the same: libcurl takes equal paths for equal contents
  /// when it uses a connection or parsed roots again, but descriptors are given out again.
  let path: String
  private let descriptor: Int32

  /// - Parameters:
  ///   - stamps: from before the files are read, so that none is newer than what is there.
  ///   - holdCertificates: whether there has to be one in each.
  init(_ files: [String], stamps: [FileStamp], holdCertificates: Bool) throws(Problem) {
    var contents: [UInt8] = []
    for file in files {
      do throws(BoundedFile.Failure) {
        let added = try BoundedFile.read(file, limit: Limits.trustBytes)
        if holdCertificates, !Self.holdsCertificate(added) {
          throw BoundedFile.Failure(reason: "no PEM certificate in it")
        }
        if !contents.isEmpty { contents.append(UInt8(ascii: "\n")) }
        contents += added
      } catch {
        throw Problem(file: file, reason: error.reason)
      }
    }
    self.files = files
    self.stamps = stamps
    descriptor = ccurl_memory_file("tls-files")
    let number = Self.made.add(1, ordering: .relaxed).newValue
    let unique = (0..<32).map { number >> $0 & 1 == 0 ? "/" : "/." }.joined()
    path = "/proc/self/fd\(unique)/\(descriptor)"
    guard descriptor >= 0, writeAll(contents[...], to: descriptor).errno == 0 else {
      throw Problem(file: files.joined(separator: ", "), reason: String(cString: strerror(errno)))
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Also finds `BEGIN TRUSTED CERTIFICATE` and `BEGIN X509 CERTIFICATE`.
  private static func holdsCertificate(_ contents: [UInt8]) -> Bool {
    let marker = Array("CERTIFICATE-----".utf8)
    return contents.withUnsafeBytes { bytes in
      bytes.count >= marker.count
        && (0...bytes.count - marker.count).contains {
          bytes[$0] == marker[0] && bytes[$0..<$0 + marker.count].elementsEqual(marker)
        }
    }
  }

  /// libcurl's words with the files' names in place of where their copy is.
  func named(_ words: String) -> String { words.replacing(path, with: files.joined(separator: ", ")) }
}

/// Enough of a file's metadata to notice that it was replaced or written to.
struct FileStamp: Equatable {
  private let device: UInt
  private let inode: UInt
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt(status.st_dev)
    inode = UInt(status.st_ino)
    size = Int(status.st_size)
    seconds = status.st_mtim.tv_sec
    nanoseconds = status.st_mtim.tv_nsec
  }
}
