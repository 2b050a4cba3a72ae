/// What a path names: the same for each name of a file, and of each way to one that is not there yet.
package struct FilePlace: Hashable, Sendable {
  private let file: FilePath.FileID?
  private let path: String?

  package init(_ path: String) {
    file = FilePath.id(of: path)
    self.path = file == nil ? FilePath.canonical(path) : nil
  }

  /// The files of a database: itself, what SQLite keeps beside it, and its lock.
  package static func ofDatabase(_ path: String) -> Set<FilePlace> {
    let path = FilePath.canonical(path)
    return Set(["", "-wal", "-shm", ".lock"].map { FilePlace(path + $0) })
  }
}
