import TestSupport
import Testing

@testable import watcher

/// Options before the name of a command, and what must not be touched.
@Suite struct CommandWordsTests {
  @Test(
    arguments: [
      ("", ""),
      ("status", "status"),
      ("--config F status", "status --config F"),
      ("--config=F status x", "status --config=F x"),
      ("--database D history x --limit 3", "history --database D x --limit 3"),
      ("--config F --json --database D events --follow", "events --config F --json --database D --follow"),
      ("--config F db backup x", "db backup --config F x"),
      ("db --database D backup x", "db backup --database D x"),
      ("--database status status", "status --database status"),
      ("--config -x status", "status --config -x"),
      // A value, an option of the command, and what stands behind `--` are none of it.
      ("history x --config F", "history x --config F"),
      ("history --at --config F", "history --at --config F"),
      ("history -- --config", "history -- --config"),
      ("-- --config F status", "-- --config F status"),
      ("--config F -- status", "-- status --config F"),
      ("--frobnicate --config F status", "--frobnicate --config F status"),
      // Without a command the parser says what is wrong, or shows the help.
      ("--config F", "--config F"),
      ("--config", "--config"),
      ("--config F histroy", "histroy --config F"),
      ("--config F db bakup", "db bakup --config F"),
      ("--json --help", "--help --json"),
      ("--version", "--version"),
      ("help --config", "help --config"),
      // Requests of a shell's completion.
      ("---completion --config -- positional@0 1 2 watcher --config F status", nil),
      ("--config F ---completion status", nil),
    ] as [(String, String?)])
  func optionsGoBehindTheCommand(line: String, expected: String?) {
    let words = line.split(separator: " ").map(String.init)
    #expect(CommandWords.arranged(words).joined(separator: " ") == expected ?? line)
  }

  @Test(
    arguments: [
      ("status --config F", nil), ("status --config F --config=F", "--config is given twice (watcher status)"),
      ("status --color auto x --color always", "--color is given twice (watcher status)"),
      ("events --last=3 --follow --last=4", "--last is given twice (watcher events)"),
      ("db backup --database D x --database D", "--database is given twice (watcher db backup)"),
      // What may be repeated, flags, values, and what stands behind `--`.
      ("history x --platform a --platform b", nil), ("events --type a --type b --tag x --tag y", nil),
      ("deliveries list --sink a --sink b", nil), ("status --json --json", nil),
      ("history x --at --config --config F", nil), ("status -- --config --config", nil),
      // What is no option is for the parser to find, and a shell's completion is none of it.
      ("status --confg F --confg F", nil), ("--config F --config F", nil),
      ("---completion --config -- --config F --config F", nil),
    ] as [(String, String?)])
  func anOptionWithOneValueIsGivenOnce(line: String, expected: String?) {
    let words = line.split(separator: " ").map(String.init)
    #expect(UsageMessage.repeatedOption(words) == expected.map { $0 + ": say it once" })
  }

  @Test func helpOfWhatIsNotThereIsAMistake() {
    #expect(UsageMessage.unknownHelp(["help"]) == nil)
    #expect(UsageMessage.unknownHelp(["help", "db", "backup"]) == nil)
    #expect(UsageMessage.unknownHelp(["bogus"]) == nil, "the parser finds that itself")
    #expect(UsageMessage.unknownHelp(["help", "histroy"])?.contains("did you mean 'history'?") == true)
    #expect(
      UsageMessage.unknownHelp(["help", "db", "bogus"])?.hasPrefix("there is no command 'bogus' (watcher db)") == true)
  }
}
