import ArgumentParser
import History
import ImageModel

struct DbMigrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate", abstract: "Bring the database of an older version up to date.",
    usage: "watcher db migrate [<options>]",
    discussion: """
      A daemon does it by itself when it starts. A copy of what was there stays beside it (.pre-v2), unless it is large.
      Example: watcher db migrate
      """)

  @OptionGroup var source: QueryOptions

  func run() throws {
    let path = try source.path()
    do {
      let reader = try HistoryReader.open(path)
      try Output.write(Array("up to date: \(reader.path.shown)\n".utf8))
    } catch let error as StoreError where error.code == .older {
      let writer = try HistoryWriter.open(path)
      writer.close()
      try Output.write(Array("brought up to date: \(writer.path.shown)\n".utf8))
    }
  }
}
