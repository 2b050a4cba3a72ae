/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

/// Makes inputs of good ones, each a few changes away from one of them.
struct Mutator {
  /// What readers are written about: ends, signs, what is not text, characters that look like others.
  private static let tokens: [[UInt8]] =
    [
      "\u{0}", "\n", "\r\n", " ", "\t", ",", ";", ":", "/", "//", "\\", "\"", "\\\"", "'", "@", "=", "?", "#", "%00",
      "..",
      ".", "-", "_", "+", "*", "<", "[", "]", "{", "}", "[[[[[[[[", "{\"\":", "null", "true", "0", "-0", "1e999", "1.5",
      "9223372036854775807", "9223372036854775808", "-1", "00", "\\u0000", "\\ud800", "\\udc00", "\\u212a", "\u{212a}",
      "\u{130}", "\u{301}", "\u{202e}", "\u{feff}", "\u{1b}[2J", "\u{7f}", "sha256:", "sha512:", "0123456789abcdef",
      "https://", "http://", "localhost", "127.0.0.1", "[::1]", "::ffff:", "xn--", "GMT", "\u{10ffff}",
    ].map { Array($0.utf8) } + [[0x80], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]]
  private static let longest = 1 << 16

  private let seeds: [[UInt8]]
  private var random: SeededGenerator

  /// - Parameter seeds: inputs to begin with; none is like an empty one.
  init(seeds: [[UInt8]], seed: UInt64) {
    self.seeds = seeds.isEmpty ? [[]] : seeds
    random = SeededGenerator(seed: seed)
  }

  mutating func next() -> [UInt8] {
    var input = pick(seeds)
    for _ in 0...Int.random(in: 0..<4, using: &random) { change(&input) }
    return input.count <= Self.longest ? input : Array(input.prefix(Self.longest))
  }

  private mutating func change(_ input: inout [UInt8]) {
    let place = Int.random(in: 0...input.count, using: &random)
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<12: if place < input.count { input[place] ^= 1 << UInt8.random(in: 0..<8, using: &random) }
    case 12..<20: if place < input.count { input[place] = .random(in: 0...255, using: &random) }
    case 20..<28: input.insert(.random(in: 0...255, using: &random), at: place)
    case 28..<50: input.insert(contentsOf: pick(Self.tokens), at: place)
    case 50..<60: input.replaceSubrange(range(input, from: place), with: pick(Self.tokens))
    case 60..<75: input.removeSubrange(range(input, from: place))
    case 75..<85: input.insert(contentsOf: Array(input[range(input, from: place)]), at: place)
    case 85..<97:
      // The beginning of this one, and the end of another.
      let other = pick(seeds)
      input = Array(input[..<place]) + other[Int.random(in: 0...other.count, using: &random)...]
    default:
      // What takes time by the square shows itself in long inputs.
      let piece = Array(input[range(input, from: place)])
      let times = piece.isEmpty ? 0 : Int.random(in: 1...max(1, 4_096 / piece.count), using: &random)
      input.insert(contentsOf: Array(repeatElement(piece, count: times).joined()), at: place)
    }
  }

  /// Mostly a short piece.
  private mutating func range(_ input: [UInt8], from place: Int) -> Range<Int> {
    let left = input.count - place
    let length = Bool.random(using: &random) ? min(left, 8) : left
    return place..<(place + Int.random(in: 0...length, using: &random))
  }

  private mutating func pick(_ list: [[UInt8]]) -> [UInt8] { list[Int.random(in: 0..<list.count, using: &random)] }
}
