import Config
import ImageModel
import Imports

/// Files of other tools, and the configuration that they are merged into.
extension FuzzTarget {
  static let imports = [FuzzTarget(name: "import", check: file), FuzzTarget(name: "import-merge", check: merge)]

  /// The kind on the first line, then the file; whatever other file that names is the same.
  @Sendable private static func file(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(2)
    guard let kind = ImportKind(rawValue: parts[0].text) else { return }
    var importer = Importer { $0.utf8.count < 64 ? .bytes(parts[1]) : .absent }
    let lines = parts[1].count { $0 == UInt8(ascii: "\n") } + 1
    do throws(ImportError) {
      try importer.add(ImportFile(name: "file", bytes: parts[1]), kind)
    } catch {
      for text in [error.what, error.remedy] { try hold(text.isSafe && !text.isEmpty, "says \(shown(text))") }
      if let line = error.line { try hold((1...lines + 1).contains(line), "line \(line)") }
    }
    for skipped in importer.skipped {
      try hold(!skipped.why.isEmpty && (1...lines + 1).contains(skipped.line ?? 1), "\(skipped)")
    }
    try same(Set(importer.images.map(\.subject)).count, importer.images.count, "each once")
    let document = WatchlistMerge.document(importer.images)
    try hold(document.text.replacing("\n", with: "").isSafe, "prints \(shown(document.text))")
    let config = try WatchConfig.parse(document, path: "c")
    try same(config.watch.count + config.repositories.count, importer.images.count, "all can be watched")
  }

  private static let added = Result {
    var importer = Importer { _ in .absent }
    let file = "FROM nginx\nFROM ghcr.io/example/app:1\n"
    try importer.add(ImportFile(name: "file", bytes: Array(file.utf8)), .dockerfile)
    return importer.images
  }

  /// A configuration that can be read can be after it, has the entries, and else every byte that it had.
  @Sendable private static func merge(_ bytes: [UInt8]) throws {
    guard let before = try? WatchConfig.parse(bytes, path: "c") else { return }
    let merged = WatchlistMerge.merged(bytes, before, try added.get())
    let after = try WatchConfig.parse(merged, path: "c")
    let lacking = ["nginx:latest", "ghcr.io/example/app:1"].filter { !before.watch.map(\.tag.familiar).contains($0) }
    try same(after.watch.map(\.tag.familiar), before.watch.map(\.tag.familiar) + lacking, "what is watched")
    let start = zip(bytes, merged).prefix { $0 == $1 }.count
    try hold(bytes[start...].elementsEqual(merged.suffix(bytes.count - start)), "something else has changed")
  }
}
