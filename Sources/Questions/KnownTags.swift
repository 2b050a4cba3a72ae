package import History
package import ImageModel

/// What to say to someone who asks for a tag that is not in the database.
package enum KnownTags {
  private static let shown = 5

  /// - Parameter tags: one, or several.
  package static func unknown(_ tags: [TagReference], in reader: HistoryReader) throws -> QuestionError {
    let what = tags.count == 1 ? "this tag" : "some tags"
    let names = tags.prefix(shown).map(\.description.shown).joined(separator: ", ")
    let hint = hint(try reader.near(tags[0], limit: shown))
    return QuestionError(.notFound, "nothing is known of \(what) (\(names) in \(reader.path.shown)): \(hint)")
  }

  /// - Throws: status 66 when one of `tags` is not in the database.
  package static func check(_ tags: [TagReference], in reader: HistoryReader) throws {
    let unknown = try reader.unknown(tags)
    if !unknown.isEmpty { throw try Self.unknown(unknown, in: reader) }
  }

  /// Known tags of about the same name; else how to list them.
  package static func hint(_ near: NearTags) -> String {
    if near.isEmpty { return "nothing has been recorded yet; 'watcher check' or 'watcher run' does" }
    guard near.count > 0 else { return "'watcher status' lists the watched tags" }
    return "known here: " + Words.list(near.first.map { $0.familiar.shown }, of: near.count)
  }
}
