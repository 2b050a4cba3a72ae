import ArgumentParser
import History
import ImageModel

struct DbMigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring the database of an older version up to date.",
    usage: "watcher db migrate [<options>]",
    discussion: """
      A daemon does it by itself when it starts. A copy of what was there stays beside it (.pre-v4), unless it is large.
      Example: watcher db migrate
      """)

  @OptionGroup var source: QueryOptions

  func run() throws {
    let path = try source.path(toChange: true)
    let isOlder = try Self.isOlder(path)
    do {
      // Also finds out whether what is there is sound.
      let writer = try HistoryWriter.open(path)
      if writer.isToShrink {
        Output.warning("the file is larger than it has to be, for there was no room: 'watcher db migrate' tries again")
      }
      writer.close()
    } catch let error {
      // A daemon that holds it has done it when it started.
      guard error.code == .locked, !isOlder else { throw error }
    }
    try Output.print("\(isOlder ? "brought up to date" : "up to date"): \(path.shown)\n")
  }

  private static func isOlder(_ path: String) throws(StoreError) -> Bool {
    do {
      _ = try HistoryReader.open(path)
      return false
    } catch let error {
      guard error.code == .older else { throw error }
      return true
    }
  }
}
