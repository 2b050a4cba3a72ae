/// Which keys an object has so far. Few are compared one by one, which is fastest; many go into a set, so that
/// an object with a hundred thousand members does not take time by the square.
struct KeySet {
  private static let fewKeys = 12
  private var many: Set<Key> = []

  /// Adds a key to those of `members`; `false` if it is there already.
  mutating func insert(_ key: String, among members: [JSONMember]) -> Bool {
    if members.count < Self.fewKeys { return !members.contains { $0.key.hasSameBytes(as: key) } }
    if many.isEmpty { many = Set(members.map { Key(text: $0.key) }) }
    return many.insert(Key(text: key)).inserted
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
