import Answers
import ArgumentParser
import History
import ImageModel
import Service

struct DbCheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the whole database, every stored document re-hashed.",
    usage: "watcher db check [<options>]",
    discussion: """
      Also while the daemon runs. Exit status: 0, or 65 when something is wrong.
      Example: watcher db check
      """)

  @Flag(help: "Print JSON instead of text.")
  var json = false
  @OptionGroup var source: QueryOptions

  func run() throws {
    let reader = try source.open()
    let soundness = try DatabaseCheck.run(reader)
    let isSound = soundness.findings.isEmpty
    if json {
      try Output.write(soundness.json.bytes + [UInt8(ascii: "\n")])
    } else if isSound {
      try Output.print("sound: \(reader.path.shown), \(Words.count(soundness.documents, "document"))\n")
    }
    guard !isSound else { return }
    for finding in soundness.findings { Output.say("\(reader.path.shown): \(finding.shown)") }
    throw CommandError(
      .data, "the database is damaged (\(reader.path.shown)): stop the daemon and restore a backup")
  }
}
