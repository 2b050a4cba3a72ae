import Compression
import FoundationEssentials
import GRDB
import ImageModel

/// The one place through which `document.bytes` and `event.body` are written and read: zstd frames.
/// Source: docs/store.md, Frames.
enum StoredFrame {
  /// Nothing larger was ever taken from a registry, and no event is.
  static let largest = Limits.configBlobBytes

  /// The bytes of a document. That nothing became of them is known by its digest.
  static func document(_ bytes: [UInt8], _ mediaType: MediaType) throws -> Data {
    try Frame.compress(bytes, with: dictionary(of: mediaType)).blob
  }

  /// An event's document, with a checksum.
  static func event(_ body: [UInt8]) throws -> Data { try Frame.compress(body, with: .events, isChecked: true).blob }

  static func bytes(_ frame: Data) throws(FrameError) -> [UInt8] {
    do {
      return try frame.withUnsafeBytes { try Frame.decompress($0, limit: largest) }
    } catch let error as FrameError {
      throw error
    } catch {
      throw .outOfMemory
    }
  }

  private static func dictionary(of mediaType: MediaType) -> FrameDictionary {
    mediaType.isIndex || mediaType.isManifest || mediaType.isSchema1 || mediaType == .ociArtifact
      ? .manifests : .configs
  }
}

// In SQL.
extension StoredFrame {
  /// The text of a frame where it is JSON, else NULL. What cannot be read is the matter of `events` and `db check`.
  static func json(_ column: String) -> String {
    "CASE WHEN json_valid(frame_text(\(column))) THEN frame_text(\(column)) END"
  }

  /// What every connection knows. The last two are for the migration to version 7.
  static var functions: [DatabaseFunction] {
    [
      DatabaseFunction("frame_text", argumentCount: 1, pure: true) { values in
        guard case .blob(let frame) = values[0].storage, let bytes = try? bytes(frame) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
      },
      DatabaseFunction("document_frame", argumentCount: 2, pure: true) { values in
        guard case .string(let mediaType) = values[0].storage, case .blob(let bytes) = values[1].storage else {
          return values[1]
        }
        return try document([UInt8](bytes), MediaType(mediaType))
      },
      DatabaseFunction("event_frame", argumentCount: 1, pure: true) { values in
        guard case .blob(let body) = values[0].storage else { return values[0] }
        return try event([UInt8](body))
      },
    ]
  }
}
