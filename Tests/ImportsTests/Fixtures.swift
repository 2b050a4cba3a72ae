import Foundation
import ImageModel
import Imports

/// Files of the shapes that people have, in a folder for each kind, each with what is to be found in it beside it.
struct Fixture: Sendable, CustomStringConvertible {
  let kind: ImportKind
  /// Below the folder of all.
  let path: String

  var description: String { path }
  var expectation: String { path + ".expected" }

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "fixtures")

  static let all: [Fixture] = ImportKind.allCases.flatMap { kind in
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: kind.rawValue).path)) ?? []
    return names.sorted().filter(isOne).map { Fixture(kind: kind, path: "\(kind.rawValue)/\($0)") }
  }

  /// What is in `parts` belongs to others.
  private static func isOne(_ name: String) -> Bool {
    !name.hasPrefix("parts") && !name.hasSuffix(".expected") && !name.hasSuffix(".env") && name != "with-env"
  }

  static func bytes(_ path: String) throws -> [UInt8] { try Array(Data(contentsOf: folder.appending(path: path))) }

  /// What is found in it, an entry or a refusal on each line.
  func found() throws -> String {
    var importer = Importer(neighbours: Self.neighbour)
    let file = ImportFile(name: path, bytes: try Self.bytes(path))
    do throws(ImportError) {
      try importer.add(file, kind)
    } catch {
      return "error \(error.file):\(error.line ?? 0): \(error.what): \(error.remedy)\n"
    }
    let lines =
      importer.images.map { "watch \(String(decoding: $0.json.bytes, as: UTF8.self))" }
      + importer.skipped.map { "skipped \(place($0)): \($0.what.debugDescription): \($0.why)" }
      + importer.silent.map { "silent \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func place(_ skipped: SkippedImage) -> String { skipped.file + (skipped.line.map { ":\($0)" } ?? "") }

  static func neighbour(_ path: String) -> NeighbourFile { (try? bytes(path)).map { .bytes($0) } ?? .absent }
}
