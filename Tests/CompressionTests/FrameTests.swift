import CZstd
import Compression
import Dispatch
import Synchronization
import TestSupport
import Testing

@Suite struct FrameTests {
  private static let text = Array(
    #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[{"size":1}]}"#.utf8)

  private static func bytes(of frame: [UInt8], limit: Int = 1 << 20) throws(FrameError) -> [UInt8] {
    // What an error is of is lost where the closure is not typed.
    let result = frame.withUnsafeBytes { frame in
      Result { () throws(FrameError) in try Frame.decompress(frame, limit: limit) }
    }
    return try result.get()
  }

  /// A frame as others make it.
  private static func foreign(_ bytes: [UInt8], hasSize: Bool = true, dictionary: [UInt8] = []) throws -> [UInt8] {
    let context = try #require(ZSTD_createCCtx())
    defer { ZSTD_freeCCtx(context) }
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, hasSize ? 1 : 0)
    ZSTD_CCtx_loadDictionary(context, dictionary, dictionary.count)
    var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let length = ZSTD_compress2(context, &frame, frame.count, bytes, bytes.count)
    try #require(ZSTD_isError(length) == 0)
    return Array(frame.prefix(length))
  }

  @Test(arguments: FrameDictionary.allCases, [false, true])
  func whatGoesInComesOut(dictionary: FrameDictionary, isChecked: Bool) throws {
    var random = TestRandom()
    for count in [0, 1, 7, 300, 8_000, 200_000] {
      for bytes in [
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }, Array(repeating: 7, count: count),
      ] {
        let frame = try Frame.compress(bytes, with: dictionary, isChecked: isChecked)
        #expect(try Self.bytes(of: frame) == bytes, "\(count) bytes")
        #expect(frame.count <= bytes.count + 32)
      }
    }
  }

  /// Which is for whoever reads it elsewhere: `zstd -D`.
  @Test(arguments: FrameDictionary.allCases) func namesItsDictionary(dictionary: FrameDictionary) throws {
    let frame = try Frame.compress(Self.text, with: dictionary)
    #expect(ZSTD_getDictID_fromFrame(frame, frame.count) == dictionary.rawValue)
    #expect(try Frame.compress(Self.text, with: dictionary) == frame)
  }

  @Test func aDocumentTakesAThirdOfItsBytesAtMost() throws {
    #expect(try Frame.compress(Self.text, with: .manifests).count * 3 < Self.text.count)
  }

  @Test func oneWithoutADictionaryIsReadAsWell() throws {
    #expect(try Self.bytes(of: Self.foreign(Self.text)) == Self.text)
  }

  @Test func oneThatDoesNotSayItsSizeIsNone() throws {
    let frame = try Self.foreign(Self.text, hasSize: false)
    #expect(throws: FrameError.noFrame) { try Self.bytes(of: frame) }
  }

  @Test(arguments: ["", "{", #"{"schemaVersion":2}"#, "\u{28}"]) func whatIsNoFrameIsNone(text: String) {
    #expect(throws: FrameError.noFrame) { try Self.bytes(of: Array(text.utf8)) }
  }

  /// The number alone tells them apart: with another one wrong bytes would come out.
  @Test func oneOfAnotherDictionaryIsRefused() throws {
    var dictionary = [UInt8](FrameDictionary.events.bytes)
    dictionary.replaceSubrange(4..<8, with: [0x44, 0x9c, 0, 0])
    let frame = try Self.foreign(Self.text, dictionary: dictionary)
    #expect(throws: FrameError.unknownDictionary(40_004)) { try Self.bytes(of: frame) }
  }

  @Test func nothingIsMadeOfWhatWouldBeTooLarge() throws {
    let frame = try Frame.compress([UInt8](repeating: 0, count: 100_000), with: .configs)
    #expect(frame.count < 100)
    #expect(throws: FrameError.tooLarge(100_000)) { try Self.bytes(of: frame, limit: 99_999) }
    #expect(try Self.bytes(of: frame, limit: 100_000).count == 100_000)
    // It says that it is of 2^62 bytes.
    let bomb: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x40, 1, 0, 0]
    #expect(throws: FrameError.tooLarge(1 << 62)) { try Self.bytes(of: bomb) }
  }

  /// More in it than it says, or less.
  @Test(arguments: [1, 50, 99, 101, 200] as [UInt8]) func oneThatLiesAboutItsSizeIsRefused(claimed: UInt8) throws {
    var frame = try Self.foreign([UInt8](repeating: 1, count: 100))
    try #require(frame[4] == 0x20 && frame[5] == 100, "size in one byte")
    frame[5] = claimed
    #expect(throws: FrameError.self) { try Self.bytes(of: frame) }
  }

  @Test func oneThatIsCutIsRefused() throws {
    let frame = try Frame.compress(Self.text, with: .manifests)
    for count in 0..<frame.count {
      #expect(throws: FrameError.self, "\(count) bytes") { try Self.bytes(of: Array(frame.prefix(count))) }
    }
  }

  @Test func nothingMayFollow() throws {
    let frame = try Frame.compress(Self.text, with: .manifests)
    for more in [[0], frame] {
      #expect(throws: FrameError.damaged("more follows")) { try Self.bytes(of: frame + more) }
    }
  }

  /// An event has no digest by which a change would be known.
  @Test func whatIsCheckedCannotChange() throws {
    let frame = try Frame.compress(Self.text, with: .events, isChecked: true)
    for bit in 0..<(8 * frame.count) {
      var changed = frame
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let bytes = try? Self.bytes(of: changed)
      #expect(bytes == nil || bytes == Self.text, "bit \(bit)")
    }
  }

  @Test func manyThreadsAtOnce() throws {
    let wrong = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: 64) { number in
      for dictionary in FrameDictionary.allCases {
        let bytes = Array("\(number) of \(dictionary)".utf8) + Self.text
        let isSame = (try? Self.bytes(of: Frame.compress(bytes, with: dictionary))) == bytes
        if !isSame { wrong.withLock { $0 += 1 } }
      }
    }
    #expect(wrong.withLock { $0 } == 0)
  }
}
