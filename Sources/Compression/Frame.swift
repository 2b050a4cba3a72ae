import CZstd

/// Bytes as one frame of zstd (RFC 8878), which says how long they are and names its dictionary.
package enum Frame {
  /// Higher levels take many times as long, for a tenth of the bytes at most.
  /// Source: docs/decisions/0049-documents-are-compressed.md.
  static let level: Int32 = 3

  private static let writers = ContextPool(make: { ZSTD_createCCtx() }, free: { ZSTD_freeCCtx($0) })
  private static let readers = ContextPool(make: { ZSTD_createDCtx() }, free: { ZSTD_freeDCtx($0) })

  /// - Parameters:
  ///   - dictionary: made of what is like these bytes.
  ///   - isChecked: whether a checksum of the bytes goes with them, for those of which nobody knows a digest.
  package static func compress(
    _ bytes: [UInt8], with dictionary: FrameDictionary, isChecked: Bool = false
  ) throws(FrameError) -> [UInt8] {
    guard let digested = dictionary.forWriting else { throw .outOfMemory }
    return try writers.lend { context throws(FrameError) in
      try succeed(ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters))
      try succeed(ZSTD_CCtx_refCDict(context, digested))
      try succeed(ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, isChecked ? 1 : 0))
      return try filled(ZSTD_compressBound(bytes.count)) { buffer in
        bytes.withUnsafeBytes {
          ZSTD_compress2(context, buffer.baseAddress, buffer.count, $0.baseAddress, $0.count)
        }
      }
    }
  }

  /// What is in a frame; one without a dictionary is read as well.
  ///
  /// - Parameter limit: more bytes are refused before anything is made of them.
  package static func decompress(_ frame: UnsafeRawBufferPointer, limit: Int) throws(FrameError) -> [UInt8] {
    let size = ZSTD_getFrameContentSize(frame.baseAddress, frame.count)
    // The two highest mean that it is not known, and that this is no frame.
    guard size < UInt64.max - 1 else { throw .noFrame }
    guard size <= UInt64(limit) else { throw .tooLarge(size) }
    // Another one behind it, or anything else, would be read as well.
    let length = ZSTD_findFrameCompressedSize(frame.baseAddress, frame.count)
    try succeed(length)
    guard length == frame.count else { throw .damaged("more follows") }
    let digested = try reader(of: frame)
    return try readers.lend { context throws(FrameError) in
      let bytes = try filled(Int(size)) { buffer in
        ZSTD_decompress_usingDDict(context, buffer.baseAddress, buffer.count, frame.baseAddress, frame.count, digested)
      }
      guard bytes.count == Int(size) else { throw .damaged("less is in it than it says") }
      return bytes
    }
  }

  /// `nil` for a frame that needs none.
  private static func reader(of frame: UnsafeRawBufferPointer) throws(FrameError) -> OpaquePointer? {
    let number = UInt32(ZSTD_getDictID_fromFrame(frame.baseAddress, frame.count))
    guard number != 0 else { return nil }
    guard let dictionary = FrameDictionary(rawValue: number) else { throw .unknownDictionary(number) }
    guard let digested = dictionary.forReading else { throw .outOfMemory }
    return digested
  }

  /// - Parameter fill: says how many of them it has filled, or what went wrong, as libzstd does.
  private static func filled(
    _ capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Int
  ) throws(FrameError) -> [UInt8] {
    var code = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      code = fill(UnsafeMutableRawBufferPointer(buffer))
      count = ZSTD_isError(code) == 0 ? code : 0
    }
    try succeed(code)
    return bytes
  }

  private static func succeed(_ code: Int) throws(FrameError) {
    guard ZSTD_isError(code) != 0 else { return }
    throw .damaged(String(cString: ZSTD_getErrorName(code)))
  }
}
