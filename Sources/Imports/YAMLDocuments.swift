import ImageModel
import Yams

/// Reads YAML under limits.
///
/// Yams puts in what an alias stands for where it finds the alias, and compares whole keys: of a few lines that name
/// each other it would have work for ever. So it is given none: each alias is a word to it, and put in here, where
/// everything is counted. Source: yaml.org, YAML 1.1 and 1.2, Alias Nodes; Merge Key Language-Independent Type.
struct YAMLDocuments {
  private let file: String
  /// Stands for the asterisk of aliases; a character that the file does not have.
  private let mark: Character
  /// How many values there still may be.
  private var room = Limits.importValues
  private var anchors: [String: YAMLValue] = [:]

  /// Every document of a file.
  static func read(_ bytes: [UInt8], file: String) throws(ImportError) -> [YAMLValue] {
    if let json = json(bytes) { return [json] }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ImportError("it is not UTF-8 text", file, "save it as UTF-8")
    }
    let used = Set(text.unicodeScalars.lazy.filter(privateUse.contains))
    guard let mark = (0xe000...0xf8ff).lazy.compactMap(Unicode.Scalar.init).first(where: { !used.contains($0) }) else {
      throw ImportError("it has every character for private use", file, "name another file")
    }
    var reader = YAMLDocuments(file: file, mark: Character(mark))
    return try reader.documents(withoutAliases(bytes, mark: Array(String(mark).utf8)))
  }

  private static let privateUse = Unicode.Scalar(0xe000 as UInt16)!...Unicode.Scalar(0xf8ff as UInt16)!

  private init(file: String, mark: Character) { (self.file, self.mark) = (file, mark) }

  /// Within texts it is undone when they are read.
  private static func withoutAliases(_ bytes: [UInt8], mark: [UInt8]) -> String {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: "*"), index + 1 < bytes.count, bytes[index + 1].isOfAnchor {
        out += mark
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private mutating func documents(_ text: String) throws(ImportError) -> [YAMLValue] {
    var documents: [YAMLValue] = []
    do {
      let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      while let root = try parser.nextRoot() {
        // Anchors live as long as the parser, and are those of one document.
        anchors = [:]
        documents.append(try value(root, depth: Limits.importDepth))
      }
    } catch let error as ImportError {
      throw error
    } catch {
      throw failure(error)
    }
    return documents
  }

  private mutating func value(_ node: Node, depth: Int) throws(ImportError) -> YAMLValue {
    let line = node.mark?.line ?? 1
    try take(1, line)
    guard depth > 0 else { throw tooDeep(line) }
    let value: YAMLValue
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain
      if isPlain, let name = alias(scalar.string) { return try aliased(name, line, depth) }
      value = YAMLValue(.scalar(restored(scalar.string), isPlain: isPlain), line: line)
    case .sequence(let nodes):
      var values: [YAMLValue] = []
      for node in nodes { values.append(try self.value(node, depth: depth - 1)) }
      value = YAMLValue(.list(values), line: line)
    case .mapping(let pairs):
      value = YAMLValue(.map(try members(pairs, line, depth: depth - 1)), line: line)
    case .alias: value = YAMLValue(.scalar("", isPlain: true), line: line)
    }
    if let anchor = node.anchor { anchors[anchor.rawValue] = value }
    return value
  }

  private mutating func members(
    _ pairs: Node.Mapping, _ line: Int, depth: Int
  ) throws(ImportError) -> [YAMLValue.Member] {
    var own: [YAMLValue.Member] = []
    var merged: [YAMLValue] = []
    for (key, node) in pairs {
      let value = try value(node, depth: depth)
      if key.scalar?.string == "<<", key.scalar?.style == .plain {
        merged += value.list ?? [value]
      } else {
        let name = key.scalar.map { restored($0.string) } ?? ""
        own.append(.init(key: name, line: key.mark?.line ?? line, value: value))
      }
    }
    guard !merged.isEmpty else { return own }
    var keys = Set(own.map(\.key))
    // All of these have been counted, where they stand or with their alias.
    return own + merged.lazy.compactMap(\.map).joined().filter { keys.insert($0.key).inserted }
  }

  // MARK: Aliases

  /// The name, if a plain text is an alias.
  private func alias(_ text: String) -> String? {
    guard text.first == mark else { return nil }
    let name = text.dropFirst()
    return name.isEmpty || !name.utf8.allSatisfy(\.isOfAnchor) ? nil : String(name)
  }

  private mutating func aliased(_ name: String, _ line: Int, _ depth: Int) throws(ImportError) -> YAMLValue {
    guard let value = anchors[name] else {
      throw ImportError(
        "*\(name.safe(limit: 60)) stands for nothing", file, line: line, "no &\(name.safe(limit: 60)) is before it")
    }
    try take(value.count, line)
    guard value.height <= depth else { throw tooDeep(line) }
    return value
  }

  private func restored(_ text: String) -> String {
    text.contains(mark) ? text.replacing(String(mark), with: "*") : text
  }

  // MARK: Limits

  private mutating func take(_ count: Int, _ line: Int) throws(ImportError) {
    room -= count
    guard room >= 0 else {
      throw ImportError(
        "it has more than \(Limits.importValues) values, with what its aliases stand for", file, line: line,
        "name a smaller file")
    }
  }

  private func tooDeep(_ line: Int) -> ImportError {
    ImportError("it is nested deeper than \(Limits.importDepth) levels", file, line: line, "name another file")
  }

  private func failure(_ error: any Error) -> ImportError {
    let (problem, line): (String, Int?) =
      switch error as? YamlError {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        (problem, mark.line)
      case .duplicatedKeysInMapping(let keys, let context):
        ("a map has the key \"\(restored(keys.first ?? "").safe(limit: 60))\" twice", context.mark.line)
      case .reader(let problem, _, _, _): (problem, nil)
      default: ("it cannot be read", nil)
      }
    // The reader below has a limit of its own, which is wider.
    if problem.hasPrefix("Maximum nesting level") { return tooDeep(line ?? 1) }
    return ImportError("it is not YAML: \(problem.safe(limit: 200))", file, line: line, "correct it")
  }
}

extension UInt8 {
  /// Whether the name of an anchor may have it, as libyaml has them.
  fileprivate var isOfAnchor: Bool {
    (0x30...0x39).contains(self) || (0x61...0x7a).contains(self | 0x20) || self == 0x5f || self == 0x2d
  }
}
