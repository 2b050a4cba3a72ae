import Compression

/// What stands in the database in place of documents and events.
extension FuzzTarget {
  static let frames = [FuzzTarget(name: "stored-frame", check: storedFrame)]

  private static let limit = 64 * 1024

  @Sendable private static func storedFrame(_ frame: [UInt8]) throws {
    let result = frame.withUnsafeBytes { frame in
      Result { () throws(FrameError) in try Frame.decompress(frame, limit: limit) }
    }
    switch result {
    case .success(let bytes):
      try hold(bytes.count <= limit, "\(bytes.count) bytes")
      for dictionary in FrameDictionary.allCases {
        let again = try Frame.compress(bytes, with: dictionary, isChecked: true)
        try same(again.withUnsafeBytes { try? Frame.decompress($0, limit: limit) }, bytes, "another way")
      }
    case .failure(let error): try hold("\(error)".isSafe && "\(error)".utf8.count < 200, "says \(shown("\(error)"))")
    }
  }
}
