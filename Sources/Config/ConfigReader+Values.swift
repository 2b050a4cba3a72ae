import ImageModel
import StrictJSON

extension ConfigReader {
  /// An object with no other keys than those. `elsewhere` are keys that are valid in another setting, with the words
  /// that say in which.
  mutating func section(
    _ value: JSONValue, _ name: String, _ keys: ConfigObject, elsewhere: [(keys: ConfigObject, place: String)] = []
  ) -> Section? {
    guard let members = value.object else {
      wrongType(value, name, "an object")
      return nil
    }
    for member in members where !keys.names.contains(member.key) {
      if keys.remarks.contains(member.key) {
        remark(member)
      } else if let other = elsewhere.first(where: { $0.keys.names.contains(member.key) }) {
        error(at: member.keyRange.lowerBound, "\(quoted(member.key)) goes only with \(other.place)")
      } else {
        unknownKey(member, keys: keys.names)
      }
    }
    let section = Section(value: value, keys: keys)
    for (key, needed) in keys.needs where section[key] != nil && section[needed] == nil {
      error(at: section.keyOffset(key), "\(quoted(key)) needs \(quoted(needed)) beside it")
    }
    return section
  }

  /// The object that is the value of a key.
  mutating func section(_ parent: Section, _ key: String) -> Section? {
    guard let value = parent[key] else { return nil }
    return section(value, quoted(key), parent.keys[key].object)
  }

  /// The members of an object whose keys are names, without the remark that may be among them.
  mutating func named(_ members: [JSONMember]) -> [JSONMember] {
    for member in members where member.key == ConfigKeys.remark { remark(member) }
    return members.filter { $0.key != ConfigKeys.remark }
  }

  private mutating func remark(_ member: JSONMember) {
    if member.value.string == nil { wrongType(member.value, quoted(member.key), "a string") }
  }

  private mutating func unknownKey(_ member: JSONMember, keys: [String]) {
    // With an @ there may be a password before it.
    let hasAt = source.bytes[member.value.range].contains(UInt8(ascii: "@"))
    if hasAt || Self.soundsSecret(member.key) { source.masked.append(member.value.range) }
    let near = nearest(to: member.key, among: keys)
    error(
      at: member.keyRange.lowerBound, "unknown key \(quoted(member.key))",
      hint: near.map { "did you mean \(quoted($0))?" } ?? "known here: \(keys.joined(separator: ", "))")
  }

  /// Whether the value of an unknown key is likely a secret, which messages must not repeat.
  private static func soundsSecret(_ key: String) -> Bool {
    let key = key.lowercased()
    return ["pass", "secret", "token", "auth", "credential", "key"].contains { key.contains($0) }
  }

  /// `isKey`: whether what is wrong is the value of a key and not an element of a list.
  mutating func wrongType(_ value: JSONValue, _ name: String, _ wanted: String, isKey: Bool = true) {
    error(
      at: value.offset, "\(name) must be \(wanted), not \(value.kindName)",
      hint: isKey && value.isNull ? "leave the key out to have its default" : nil)
  }

  mutating func string(_ section: Section, _ key: String) -> String? {
    guard let value = section[key] else { return nil }
    guard let text = value.string else {
      wrongType(value, quoted(key), "a string")
      return nil
    }
    guard !text.isEmpty else {
      error(at: value.offset, "\(quoted(key)) must not be empty")
      return nil
    }
    return text
  }

  mutating func boolean(_ section: Section, _ key: String) -> Bool? {
    guard let value = section[key] else { return nil }
    if value.bool == nil { wrongType(value, quoted(key), "true or false") }
    return value.bool
  }

  mutating func integer(_ section: Section, _ key: String) -> Int? {
    guard let value = section[key] else { return nil }
    let range = section.keys[key].range
    guard case .number(let number) = value.kind else {
      wrongType(value, quoted(key), "a whole number")
      return nil
    }
    guard let integer = number.integer, let exact = Int(exactly: integer), range.contains(exact) else {
      let what = "\(quoted(key)) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
      error(at: value.offset, "\(what), not \(number.text.safe(limit: 40))")
      return nil
    }
    return exact
  }

  /// One of a few words.
  mutating func choice<Choice: CaseIterable & RawRepresentable>(
    _ section: Section, _ key: String, _: Choice.Type = Choice.self
  ) -> Choice? where Choice.RawValue == String {
    guard let text = string(section, key) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    refuse(text, quoted(key), at: section.offset(key), among: Choice.allCases.map(\.rawValue))
    return nil
  }

  /// Of a word that is none of those that there are.
  mutating func refuse(_ text: String, _ name: String, at offset: Int, among words: [String]) {
    error(
      at: offset, "\(name) cannot be \(quoted(text))",
      hint: nearest(to: text, among: words).map { "did you mean \(quoted($0))?" }
        ?? "it is one of \(words.joined(separator: ", "))")
  }

  /// A list of strings, each with where it begins; `nil` unless all are strings.
  mutating func strings(_ section: Section, _ key: String) -> [(text: String, offset: Int)]? {
    guard let value = section[key] else { return nil }
    guard let elements = value.array else {
      wrongType(value, quoted(key), "a list of strings")
      return nil
    }
    var strings: [(text: String, offset: Int)] = []
    for element in elements {
      if let text = element.string {
        strings.append((text, element.offset))
      } else {
        wrongType(element, "an element of \(quoted(key))", "a string", isKey: false)
      }
    }
    return strings.count == elements.count ? strings : nil
  }

  /// A duration in seconds.
  mutating func duration(_ section: Section, _ key: String) -> Int? {
    guard let value = section[key] else { return nil }
    return duration(value, quoted(key), in: section.keys[key].range)
  }

  mutating func duration(_ value: JSONValue, _ name: String, in range: ClosedRange<Int>) -> Int? {
    guard let text = value.string else {
      error(
        at: value.offset, "\(name) must be a duration, not \(value.kindName)", hint: ConfigDuration.hint)
      return nil
    }
    guard let seconds = ConfigDuration.seconds(text) else {
      error(at: value.offset, "\(name): \(quoted(text)) is not a duration", hint: ConfigDuration.hint)
      return nil
    }
    guard range.contains(seconds) else {
      let ends = [range.lowerBound, range.upperBound].map(ConfigDuration.text).joined(separator: " to ")
      error(at: value.offset, "\(name): \(text.safe(limit: 40)) is out of range", hint: "it takes \(ends)")
      return nil
    }
    return seconds
  }

  /// A path: not empty and without the NUL that would end it early.
  mutating func path(_ section: Section, _ key: String) -> String? {
    guard let text = string(section, key) else { return nil }
    guard !text.utf8.contains(0) else {
      error(at: section.offset(key), "\(quoted(key)) must be a path; a path holds no U+0000")
      return nil
    }
    return text
  }

  /// A file that is read: a path or `{"credential": "id"}`.
  ///
  /// - Parameter owner: what it belongs to, by the key under which its place is noted.
  mutating func file(_ section: Section, _ key: String, of owner: (String) -> OutsideSetting) -> SecretFile? {
    guard let value = section[key] else { return nil }
    return file(value, key, of: owner)
  }

  mutating func file(_ value: JSONValue, _ key: String, of owner: (String) -> OutsideSetting) -> SecretFile? {
    var file: SecretFile?
    switch value.kind {
    case .string(let path) where !path.isEmpty && !path.utf8.contains(0): file = .path(source.located(path))
    case .string: error(at: value.offset, "\(quoted(key)) must be a path")
    case .object: file = credential(value, key)
    default: wrongType(value, quoted(key), "a path or {\"credential\": \"id\"}")
    }
    if file != nil { note(owner(key), key, at: value.offset) }
    return file
  }

  private mutating func credential(_ value: JSONValue, _ key: String) -> SecretFile? {
    guard let section = section(value, quoted(key), ConfigKeys.credential) else { return nil }
    guard section["credential"] != nil else {
      error(at: value.offset, "\(quoted(key)) names no file", hint: "write a path or {\"credential\": \"id\"}")
      return nil
    }
    guard let id = string(section, "credential") else { return nil }
    guard SecretFile.isCredentialID(id) else {
      error(
        at: section.offset("credential"), "\(quoted(id)) is not the name of a credential",
        hint: "it is a file name of visible ASCII, as in LoadCredential=")
      return nil
    }
    return .credential(id)
  }
}
