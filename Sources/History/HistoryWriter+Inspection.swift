import Host
import ImageModel

extension HistoryWriter {
  /// Looks at what `open` would find, and makes and changes nothing.
  ///
  /// - Parameter makesDirectory: whether the directories above it would be made where they are missing.
  /// - Throws: what `open` would refuse it for, as far as it can be seen; never `.locked` and `.busy`.
  package static func inspect(_ path: String, makesDirectory: Bool = false) throws(StoreError) {
    if try FilePath.isDatabaseThere(path) {
      if let errno = FilePath.probe(path) { throw .notAccessible(path: path, errno: errno) }
      if let (file, errno) = FilePath.probeJournal(of: FilePath.canonical(path)) {
        throw .notAccessible(path: file, errno: errno, database: path)
      }
      do {
        _ = try HistoryReader.open(path)
      } catch  where ![.missing, .older, .busy].contains(error.code) {
        throw error
      } catch {}
    }
    try DatabaseLock.inspect(for: path)
    var folder = directory(of: path)
    while makesDirectory, folder != "/", folder != ".", FilePath.id(of: folder) == nil {
      folder = directory(of: folder)
    }
    if let errno = FilePath.probeDirectory(folder) { throw .notAccessible(path: path, errno: errno) }
  }
}
