import History
import ImageModel

/// What to say to someone who asks for a tag that is not in the database.
enum KnownTags {
  private static let shown = 5

  static func unknown(_ tag: TagReference, in reader: HistoryReader) throws -> CommandError {
    let place = "\(tag.description.shown) in \(reader.path.shown)"
    return CommandError(.notFound, "nothing is known of this tag (\(place)): \(try hint(for: tag, in: reader))")
  }

  static func hint(for tag: TagReference, in reader: HistoryReader) throws -> String {
    hint(try reader.near(tag, limit: shown))
  }

  /// Known tags of about the same name; else how to list them.
  static func hint(_ near: NearTags) -> String {
    if near.isEmpty { return "nothing has been recorded yet; 'watcher check' or 'watcher run' does" }
    guard near.count > 0 else { return "'watcher status' lists the watched tags" }
    return "known here: " + Words.list(near.first.map { $0.familiar.shown }, of: near.count)
  }
}
