import ArgumentParser
import History
import ImageModel

struct DbBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Copy the database as it is now into a new file.",
    usage: "watcher db backup [<options>] <file>",
    discussion: """
      Also while the daemon runs. The copy is complete and in one file; it appears under its name when it is on disk.
      Example: watcher db backup /var/backups/watcher.db
      """)

  @Argument(help: ArgumentHelp("Where the copy goes; nothing may be there.", valueName: "file"), completion: .file())
  var file: String
  @OptionGroup var source: QueryOptions

  func validate() throws {
    if file.isEmpty { throw ValidationError("name a file for the copy") }
  }

  func run() throws {
    let reader = try source.open()
    let bytes = try reader.backup(to: file)
    try Output.print("copied \(reader.path.shown) to \(file.shown), \(Words.count(bytes, "byte"))\n")
  }
}
