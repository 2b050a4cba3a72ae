import ImageModel
import StrictJSON

/// The reader under most others.
extension FuzzTarget {
  static let json = [
    FuzzTarget(name: "json", check: strictJSON), FuzzTarget(name: "json-outline", check: outline),
    FuzzTarget(name: "source-text", check: sourceText),
  ]

  private static let limits = JSONLimits(depth: 16, bytes: 1 << 16, values: 2_000)

  @Sendable private static func strictJSON(_ bytes: [UInt8]) throws {
    let strict = Result { () throws(JSONError) in try StrictJSON.parse(bytes, limits: limits) }
    let lenient = Result { () throws(JSONError) in
      try StrictJSON.parseCollectingRepeatedKeys(bytes, limits: limits)
    }
    switch strict {
    case .success(let value):
      try isSound(value, within: 0..<bytes.count, depth: 0)
      let again = try lenient.get()
      try hold(again.value == value && again.repeatedKeys.isEmpty, "two ways to read differ")
      let printed = output(value).bytes
      try hold(!printed.contains { $0 < 0x20 }, "printed on more than one line")
      let limits = JSONLimits(depth: 16, bytes: 1 << 20, values: 2_000)
      try hold(output(try StrictJSON.parse(printed, limits: limits)) == output(value), "printed and read again")
    case .failure(let error):
      try isSound(error, in: bytes)
      switch lenient {
      case .success(let again):
        try hold(error.code == .repeatedKey && again.repeatedKeys.first == error, "only one way refuses: \(error)")
        for error in again.repeatedKeys { try isSound(error, in: bytes) }
      case .failure(let other):
        try hold(error.code == .repeatedKey || other == error, "two reasons: \(error), \(other)")
        try isSound(other, in: bytes)
      }
    }
  }

  /// Passing over what is not asked for refuses what reading all of it does, and gives the rest as it is.
  @Sendable private static func outline(_ bytes: [UInt8]) throws {
    let whole = Result { () throws(JSONError) in
      try StrictJSON.parseCollectingRepeatedKeys(bytes, limits: limits).value
    }
    let keys = ((try? whole.get())?.object ?? []).map(\.key)
    let kept = keys.indices.filter { $0.isMultiple(of: 2) }.map { keys[$0] }
    let outline = Result { () throws(JSONError) in
      try StrictJSON.parseOutline(bytes, keeping: kept, limits: limits).value
    }
    switch (whole, outline) {
    case (.success(let whole), .success(let outline)):
      let (members, others) = (whole.object ?? [], outline.object ?? [])
      try same(others.map(\.key), members.map(\.key), "the keys at the top")
      try same([outline.range] + others.map(\.value.range), [whole.range] + members.map(\.value.range), "ranges")
      for (member, other) in zip(members, others) where kept.contains(member.key) {
        try same(other.value, member.value, "what was asked for")
      }
    case (.failure(let error), .failure(let other)): try same(other, error, "why it is refused")
    default: try hold(false, "only one refuses: \(whole), \(outline)")
    }
  }

  private static func isSound(_ value: JSONValue, within range: Range<Int>, depth: Int) throws {
    try hold(
      !value.range.isEmpty && value.range.clamped(to: range) == value.range, "\(value.range) is not within \(range)")
    try hold(depth <= limits.depth, "deeper than allowed")
    var place = value.range.lowerBound
    func next(_ range: Range<Int>) throws {
      try hold(range.lowerBound >= place, "out of order")
      place = range.upperBound
    }
    for element in value.array ?? [] {
      try next(element.range)
      try isSound(element, within: value.range, depth: depth + 1)
    }
    var keys: Set<[UInt8]> = []
    for member in value.object ?? [] {
      try next(member.keyRange)
      try next(member.value.range)
      try hold(keys.insert(Array(member.key.utf8)).inserted, "the key \(shown(member.key)) is there twice")
      try isSound(member.value, within: value.range, depth: depth + 1)
    }
  }

  private static func isSound(_ error: JSONError, in bytes: [UInt8]) throws {
    try hold((0...bytes.count).contains(error.offset), "\(error) is outside")
    try hold(error.message.isSafe && !error.message.isEmpty, "says \(shown(error.message))")
    try same(error.first != nil, error.code == .repeatedKey, "whether there is a first one")
    if let first = error.first { try hold((0..<error.offset).contains(first), "the first is not before it") }
  }

  /// Numbers as they stand there; all else as it is written by whoever answers in JSON.
  private static func output(_ value: JSONValue) -> JSONOutput {
    switch value.kind {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let number): .raw(Array(number.text.utf8))
    case .string(let text): .string(text)
    case .array(let values): .array(values.map(output))
    case .object(let members): .object(members.map { .init($0.key, output($0.value)) })
    }
  }

  /// Positions against a plain count.
  @Sendable private static func sourceText(_ bytes: [UInt8]) throws {
    let source = SourceText(bytes)
    var (line, column) = (1, 1)
    for offset in 0...bytes.count {
      if offset > 0 {
        let byte = bytes[offset - 1]
        if byte & 0xc0 != 0x80 { column += 1 }
        if byte == UInt8(ascii: "\n") { (line, column) = (line + 1, 1) }
      }
      let place = source.position(at: offset)
      try hold(place == (line, column), "\(place) at \(offset) is not \(line):\(column)")
      if offset > 4_096 { break }
    }
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated().prefix(64) {
      var line = line
      if index < lines.count - 1, line.last == UInt8(ascii: "\r") { line.removeLast() }
      try hold(source.line(index + 1).utf8.elementsEqual(Array(line).text.utf8), "line \(index + 1)")
    }
    try same(source.line(lines.count + 1), "", "a line that is not there")
  }
}
