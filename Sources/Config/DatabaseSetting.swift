import ImageModel
import StrictJSON

/// What a configuration says about the database, for those who want nothing else of it: they go on where the rest is
/// broken, and need not wait for a large watchlist.
package struct DatabaseSetting: Sendable, Hashable {
  /// `nil` where the configuration names none.
  package let path: String?
  /// Whether something is wrong elsewhere. Within a large configuration it need not be noticed.
  package let isBrokenElsewhere: Bool

  /// A larger configuration is not read whole, only to find out whether something else is wrong with it.
  private static let smallBytes = 256 << 10

  /// - Parameters: as of `WatchConfig.parse`.
  /// - Throws: what `WatchConfig.parse` does, where it cannot be said which database is meant: it is not JSON, no
  ///   object, or what is wrong concerns `database`.
  package init(in bytes: [UInt8], path: String) throws(ConfigProblems) {
    guard let (database, isBroken) = Self.found(in: bytes, path: path) else {
      // Only who reads all of it can say all that is wrong, and knows which parts of a line must not be shown.
      let config = try WatchConfig.parse(bytes, path: path)
      (self.path, isBrokenElsewhere) = (config.database, false)
      return
    }
    self.path = database
    isBrokenElsewhere = isBroken || bytes.count <= Self.smallBytes && !Self.isSound(bytes, path: path)
  }

  private static func found(in bytes: [UInt8], path: String) -> (path: String?, isBroken: Bool)? {
    let outline = try? StrictJSON.parseOutline(
      bytes, keeping: [ConfigKeys.database, ConfigKeys.remark, ConfigKeys.schema], limits: WatchConfig.limits)
    guard let outline, let members = outline.value.object else { return nil }
    let setting = members.first { $0.key == ConfigKeys.database }
    // Written twice it may be either of them.
    guard !outline.repeatedKeys.contains(where: { $0.first == setting?.keyRange.lowerBound }) else { return nil }
    let keys = ConfigKeys.root
    // One that is misspelt would be another database.
    let isMisspelt = members.contains {
      !keys.names.contains($0.key) && nearest(to: $0.key, among: keys.names) == ConfigKeys.database
    }
    guard !isMisspelt else { return nil }
    var reader = ConfigReader(SourceDocument(bytes, path: path))
    let database = reader.database(Section(value: outline.value, keys: keys))
    guard reader.errors.isEmpty else { return nil }
    return (database, !outline.repeatedKeys.isEmpty || members.contains { !ConfigKeys.isAtRoot($0.key) })
  }

  private static func isSound(_ bytes: [UInt8], path: String) -> Bool {
    (try? WatchConfig.parse(bytes, path: path)) != nil
  }
}
