import Foundation
import TestSupport
import Testing

/// What is said to a command line with a mistake in it, where a tag has been recorded and no daemon runs.
@Suite struct MistakesInCommandsTests {
  @Test func eachIsTold() throws {
    let (registry, _, scene) = try Scene.ofOneTag()
    defer { registry.stop() }
    #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    for mistake in Self.names + Self.options + Self.times + Self.things + Self.references {
      try mistake.make(in: scene, registry: registry.authority)
    }
    #expect(try scene.sql("SELECT count(*) FROM tag") == ["1"], "nothing is recorded of a mistake")
    #expect(try scene.sql("SELECT count(*) FROM event") == ["1"])
  }

  private static let digest = String(repeating: "a", count: 64)

  static let names: [Mistake] = [
    .init("a misspelt command", "histroy app", 64, "there is no command 'histroy' (watcher): did you mean 'history'?"),
    .init("a command of another tool", "list", 64, "there are run, check, hint, resolve, history, events, status,"),
    .init("one below a group", "db bakup", 64, "(watcher db): did you mean 'backup'? 'watcher db --help' shows all"),
    .init("help of nothing", "help nothing", 64, "there is no command 'nothing'"),
    .init("a misspelt option", "status --al", 64, "did you mean '--all'? 'watcher status --help' shows all"),
    .init("a shell that is none", "completion ksh", 64, "one of 'bash', 'zsh' or 'fish'"),
  ]

  static let options: [Mistake] = [
    .init(
      "a tag too few", "history", 64,
      "missing expected argument '<tag>' (watcher history): see 'watcher history --help'"),
    .init("a tag too many", "history app web", 64, "unexpected argument 'web' (watcher history)"),
    .init("a value for a flag", "status --json=yes", 64, "'--json' does not take any value"),
    .init("a value that is none", "status --color sometimes", 64, "one of 'auto', 'always' or 'never'"),
    .init("a setting as an option", "run --interval 5m", 64, "unknown option '--interval' (watcher run)"),
    .init("two configurations", "config check A --config B", 64, "name the configuration once (watcher config check)"),
    .init(
      "a database to be checked as well", "config check DIR/config.json --database DIR/none/w.db", 78,
      "name a path in a directory that exists"),
    .init("one before the command", "--database DIR/watcher.db config check --config DIR/config.json", 0, "valid"),
    .init(
      "one before and one behind", "--config DIR/config.json status --config d.json", 64,
      "--config is given twice (watcher status): say it once"),
    .init("no command", "--config DIR/config.json", 64, "a command is missing (watcher): there are run, check,"),
    .init("a configuration that is not there", "check --config none.json", 78, "name a file that is there"),
    .init("a directory in its place", "run --config DIR", 78, "(DIR: Is a directory): name a file that is there"),
    .init("both ends of a list", "events --last 2 --limit 3", 64, "say --limit (the oldest) or --last (the newest)"),
    .init("none of a list", "events --last 0", 64, "--last must be 1 or more"),
    .init("a sequence that is none", "events --after x", 64, "write the sequence of an event, as in --after 42"),
    .init("to retry what", "deliveries retry", 64, "say which: events, --sink, --since, --failed, or --all"),
    .init("to drop what", "deliveries drop", 64, "say which: events, --sink, --since, --failed, or --all"),
  ]

  static let times: [Mistake] = [
    .init(
      "a time in words", "events --since lastweek", 64, "not a time (--since lastweek): write a time (2026-", "7d, 2w"),
    .init("an hour that is none", "history REG/app:stable --at 25:00", 64, "not a time (--at 25:00)"),
    .init("a month that is none", "events --since 2026-13-01", 64, "not a time (--since 2026-13-01)"),
    .init(
      "a time to come", "events --since 2099-01-01", 0, "warning: --since lies in the future (2099-01-01 00:00:00 UTC)"),
    .init(
      "ends exchanged", "history REG/app:stable --since 1h --until 2h", 64, "--since is later than --until",
      "exchange them"),
  ]

  static let things: [Mistake] = [
    .init("a misspelt type", "events --type image.chnged", 64, "did you mean --type watcher.image.changed?"),
    .init("a misspelt short type", "events --type chagned", 64, "did you mean --type changed?"),
    .init("a type that is none", "events --type pushed", 64, "* stands for any part; types are watcher.tag.deleted,"),
    .init("a word of several types", "events --type tag", 64, "it may be ", "or tag.* for all of them"),
    .init("a misspelt tag", "history REG/app:stabel", 66, "nothing is known of this tag", "known here: REG/app:stable"),
    .init(
      "a tag without its registry", "history app", 66, "(docker.io/library/app:latest in", "known here: REG/app:stable"),
    .init("the same to status", "status app", 66, "(docker.io/library/app:latest in"),
    .init("the same to events", "events --tag app", 66, "known here: REG/app:stable"),
    .init("a misspelt sink", "sinks list al", 66, "no such sink (al in DIR/watcher.db): there are all, out"),
    .init("one to be tested", "sinks test al", 66, "no such sink (al in DIR/config.json)"),
    .init("one to be retried", "deliveries retry --sink al", 66, "no such sink (al in"),
    .init(
      "an event that is none", "deliveries list 99", 66, "'watcher events' shows their sequences, with --json their ids"
    ),
    .init(
      "a tag that is watched", "forget REG/app:stable --yes", 64, "take it out of the watchlist, reload the daemon"),
    .init("one that never was", "forget REG/app:stabel --yes", 66, "nothing is known of this tag"),
    .init("no daemon", "health", 69, "no daemon answers for DIR/watcher.db", "start it, or see its log"),
    .init("a copy onto the database", "db backup DIR/watcher.db", 73, "there is something already (DIR/watcher.db)"),
    .init("a copy to nowhere", "db backup DIR/none/copy.db", 73, "name a file in a directory that exists"),
  ]

  static let references: [Mistake] = [
    .init("upper case", "resolve REG/App", 64, "repository names are lower case; write REG/app"),
    .init("a URL", "history https://ghcr.io/a/b", 64, "leave out https://"),
    .init("a blank behind", "history nginx:1␣", 64, "remove the white space"),
    .init("a pattern", "check REG/app:*", 64, "there are no patterns; name each tag"),
    .init("a web site", "resolve github.com/a/b", 64, "github.com is GitHub's web site, not a registry; write ghcr.io"),
    .init(
      "a digest in place of a tag", "history a@sha256:\(digest)", 64, "a digest names one image for ever; name a tag"),
    .init(
      "a digest cut short", "resolve a@sha256:abc", 64, "the digest after @ has the wrong length for its algorithm"),
    .init(
      "an image ID", "history sha256:\(digest)", 64, "it is an image ID or a digest", "name a repository and a tag"),
    .init(
      "an architecture alone", "resolve REG/app:stable --platform amd64", 64,
      "write os/arch or os/arch/variant, as linux/arm64"),
    .init(
      "a platform that is not there", "resolve REG/app:stable --platform linux/s390x", 66, "no image for linux/s390x"),
    .init(
      "one that never was", "history REG/app:stable --platform linux/amd46", 0, "warning: never recorded: linux/amd46"),
    .init(
      "a tag that is not there", "check REG/app:stabel", 2, "not on the watchlist; tag_missing: ", "check the spelling"),
  ]
}
