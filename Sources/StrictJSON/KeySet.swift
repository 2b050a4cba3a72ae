/// Which keys an object has so far. Few are compared one by one, which is fastest; many go into a table, so that
/// an object with a hundred thousand members does not take time by the square.
struct KeySet {
  private static let fewKeys = 12
  /// The index of each key among the members.
  private var many: [Key: Int] = [:]

  /// Adds a key to those of `members`; the index of the one that is there already, `nil` if it is new.
  mutating func insert(_ key: String, among members: [JSONMember]) -> Int? {
    if members.count < Self.fewKeys { return members.firstIndex { $0.key.hasSameBytes(as: key) } }
    if many.isEmpty {
      for (index, member) in members.enumerated() { many[Key(text: member.key)] = index }
    }
    guard let first = many.updateValue(members.count, forKey: Key(text: key)) else { return nil }
    many[Key(text: key)] = first
    return first
  }

  /// A key that is equal by its bytes; see `String.hasSameBytes`.
  private struct Key: Hashable {
    let text: String

    static func == (a: Key, b: Key) -> Bool { a.text.hasSameBytes(as: b.text) }

    func hash(into hasher: inout Hasher) {
      for byte in text.utf8 { hasher.combine(byte) }
    }
  }
}
