import Answers
import ImageModel
import TestSupport
import Testing

@testable import History
@testable import watcher

@Suite struct StatusRenderingTests {
  /// With a daemon, before the next checks.
  private static func rendering(
    isDaemonRunning: Bool = true, now: String = "2026-09-17T21:31:00Z", rests: [String: Timestamp] = [:]
  ) throws -> StatusRendering {
    let sample = try Samples.statusReport()
    let report = StatusReport(
      tags: sample.tags, unknown: [], sinks: sample.sinks, database: sample.database,
      daemon: isDaemonRunning ? sample.daemon : .absent, rests: rests)
    return StatusRendering(report: report, total: report.tags, now: try Samples.time(now))
  }

  /// What is wrong comes first: sinks that do not work, then tags.
  @Test func text() throws {
    #expect(
      try Self.rendering().text(TextFormat(width: 100)) == """
        3 tags: 1 ok, 1 failing, 1 pending
        3 sinks: 1 ok, 1 failing, 1 disabled

        SINK     TYPE     STATE     WAITING  FAILED  OLDEST WAITING (UTC)
        journal  stdout   ok              0       0  -
        audit    file     failing        12       0  2026-09-17 21:30:05
            since 2026-09-17 21:30:06: cannot open /var/log/x: No such file or directory; next
            attempt 2026-09-17 21:31:06
        ops      webhook  disabled        3       1  2026-09-17 21:30:05
            since 2026-09-17 21:30:06: its receiver wants nothing more (https://ops.example answered 410);
            'watcher deliveries retry --sink ops' enables it, and so does another definition of it; 1
            delivery was given up

        STATE    TAG                         CHANGED (UTC)        LAST SUCCESS         NEXT CHECK
        failing  ghcr.io/example/app:stable  -                    -                    2026-09-17 21:45:05
            since 2026-09-17 20:00:00, now dns: no such host \\u{1b}[31m(ghcr.io): check the name and the DNS
        ok       amazonlinux:latest          2026-09-14 23:50:00  2026-09-17 21:30:05  2026-09-17 21:45:05
            linux/amd64 dddddddddddd  linux/arm64 manifest cccccccccccc
            linux/arm64: no image ID (artifact: application/x\\u{1b})
            not there: linux/s390x
        pending  a.example/b:1               -                    -                    not watched

        watcher 0.1.0 runs as pid 812 since 2026-09-17 20:00:00 on /etc/watcher/config.json,
        database /var/lib/watcher/watcher.db

        """)
  }

  /// Before its tags are believed.
  @Test func whatIsKnownOfRegistries() throws {
    let sample = try Samples.statusReport()
    let report = StatusReport(
      tags: sample.tags, unknown: [], sinks: [], database: sample.database, daemon: sample.daemon,
      registries: [
        RegistryStatus(name: "a.example"), RegistryStatus(name: "docker.io", endpoint: "https://mirror.example/hub"),
        RegistryStatus(name: "ghcr.io", isUnverified: true),
      ])
    let text = StatusRendering(report: report, total: report.tags, now: try Samples.time("2026-09-17T21:31:00Z"))
      .text(TextFormat(width: 100))
    #expect(
      text.hasPrefix(
        """
        3 tags: 1 ok, 1 failing, 1 pending
        docker.io is asked at https://mirror.example/hub: what is seen is as fresh as that
        ghcr.io is taken by its word: no certificate is verified (insecure_skip_verify)

        """))
  }

  @Test func textOnANarrowTerminal() throws {
    let text = try Self.rendering().text(TextFormat(width: 50))
    #expect(
      text.contains(
        """
        STATE    TAG (times in UTC)
        failing  ghcr.io/example/app:stable
            changed -  last success -
            next check 2026-09-17 21:45:05
            since 2026-09-17 20:00:00, now dns: no such
            host \\u{1b}[31m(ghcr.io): check the name and
            the DNS
        ok       amazonlinux:latest
            changed 2026-09-14 23:50:00
            last success 2026-09-17 21:30:05
            next check 2026-09-17 21:45:05
            linux/amd64 dddddddddddd
            linux/arm64 manifest cccccccccccc
            linux/arm64: no image ID
            (artifact: application/x\\u{1b})
            not there: linux/s390x

        """))
    #expect(
      text.hasSuffix(
        "\nwatcher 0.1.0 runs as pid 812 since\n2026-09-17 20:00:00 on /etc/watcher/config.json,\n"
          + "database /var/lib/watcher/watcher.db\n"
      ))
  }

  /// What nobody will do is not promised; nor is what should have been done already.
  @Test func nextCheckIsNoPromiseWithoutADaemon() throws {
    let stopped = try Self.rendering(isDaemonRunning: false).text(TextFormat(width: 100))
    #expect(!stopped.contains("2026-09-17 21:45:05") && !stopped.contains("21:31:06"))
    #expect(stopped.contains("amazonlinux:latest          2026-09-14 23:50:00  2026-09-17 21:30:05  -\n"))
    #expect(stopped.contains("a.example/b:1               -                    -                    not watched\n"))
    #expect(stopped.contains("No such file or directory; it is tried again\n    when a daemon runs\n"))
    #expect(
      stopped.contains(
        "\n\nno daemon is running, database /var/lib/watcher/watcher.db: nothing is checked until 'watcher run'\n"
          + "or 'watcher check'\n\nSINK "))
    let late = try Self.rendering(now: "2026-09-17T21:45:05Z").text(TextFormat(width: 100))
    #expect(!late.contains("2026-09-17 21:45:05"))
    #expect(late.contains("amazonlinux:latest          2026-09-14 23:50:00  2026-09-17 21:30:05  due\n"))
    #expect(!late.contains("no daemon"))
  }

  /// A tag that looks well is not asked for while its registry rests.
  @Test func aRegistryThatRests() throws {
    let until = try Samples.time("2026-09-17T22:10:00Z")
    let text = try Self.rendering(rests: ["docker.io": until]).text(TextFormat(width: 100))
    #expect(text.contains("\ndocker.io asked for a rest: none of its tags is checked before 2026-09-17 22:10:00\n"))
    #expect(
      text.contains("amazonlinux:latest          2026-09-14 23:50:00  2026-09-17 21:30:05  2026-09-17 22:10:00\n"))
    let over = try Self.rendering(now: "2026-09-17T22:10:00Z", rests: ["docker.io": until]).text(TextFormat(width: 100))
    #expect(!over.contains("asked for a rest"))
  }

  /// It can be had, and nothing of it is watched.
  @Test func aTagWithoutItsPlatforms() throws {
    let wanted = PlatformSelection.only([Platform(os: "linux", architecture: "s390x")])
    func text(walked: PlatformSelection) throws -> String {
      let image = try Samples.image(Platform(os: "linux", architecture: "amd64"), "b", "d")
      let tag = try Samples.status(Samples.tag, selection: wanted, images: [image]) { state in
        state.lastSuccess = try Samples.time("2026-09-17T21:30:05Z")
        state.walked = walked
      }
      let report = StatusReport(tags: [tag], unknown: [], sinks: [], database: "/x.db")
      #expect(report.isUnwell == (walked == wanted) && report.failing.tags.count == (walked == wanted ? 1 : 0))
      return StatusRendering(report: report, total: report.tags, now: Timestamp(milliseconds: 0)).text(TextFormat())
    }
    let absent = try text(walked: wanted)
    #expect(absent.hasPrefix("1 tag: 1 no platform\n"))
    #expect(absent.contains("\nno platform  amazonlinux:latest "))
    #expect(absent.contains("\n    none of its platforms is there: linux/s390x\n"))
    let early = try text(walked: .all)
    #expect(early.hasPrefix("1 tag: 1 ok\n") && early.contains("\n    not there: linux/s390x\n"))
  }

  @Test func whatIsWrongWithTheDaemonComesFirst() throws {
    var report = StatusReport(tags: [], unknown: [], sinks: [], database: "/x.db")
    report.problem = "the last reload failed, see the log"
    let text = StatusRendering(report: report, total: [], now: Timestamp(milliseconds: 0))
      .text(TextFormat(style: Style(isOn: true)))
    #expect(text.hasPrefix("\u{1b}[31mthe last reload failed, see the log\u{1b}[0m\nno tags are watched\n"))
    #expect(report.isUnwell && report.failing.problem == report.problem)
  }

  @Test func digestsInFullHaveALineEach() throws {
    let text = try Self.rendering().text(TextFormat(digests: DigestText(isFull: true)))
    #expect(
      text.contains(
        "\n    linux/amd64 \(try Samples.digest("d"))\n    linux/arm64 manifest \(try Samples.digest("c"))\n"
          + "    linux/arm64: no image ID (artifact: application/x\\u{1b})\n    not there: "))
  }

  /// Neither that one runs nor that none does: `running` is what is not known.
  @Test(arguments: [
    (true, "somebody writes to it, and its lock does not say who"), (false, "you may not read its lock"),
  ])
  func whoWritesCannotBeTold(isHeld: Bool, words: String) throws {
    let sample = try Samples.statusReport()
    let report = StatusReport(
      tags: sample.tags, unknown: [], sinks: sample.sinks, database: "/x.db", daemon: .unknown(isHeld: isHeld))
    let text = StatusRendering(report: report, total: report.tags, now: try Samples.time("2026-09-17T21:31:00Z"))
      .text(TextFormat())
    #expect(
      text.hasSuffix(
        "\nwhether a daemon is running cannot be told, database /x.db: \(words); 'watcher health' asks\n"), "\(text)")
    #expect(text.contains("2026-09-17 21:45:05"), "there may be one that looks then")
    let daemon =
      #""daemon":{"running":null,"pid":null,"version":null,"configuration":null,"since":null,"problem":null}"#
    #expect(String(decoding: report.json.bytes, as: UTF8.self).contains(daemon))
  }

  /// Those that are not well first, and they count.
  @Test func repositoriesHaveATableOfTheirOwn() {
    func record(_ path: String, tags: Int, _ change: (inout ListingState) -> Void) -> RepositoryRecord {
      var state = ListingState()
      change(&state)
      return RepositoryRecord(
        repository: RepositoryReference(domain: "docker.io", path: path), tags: tags, state: state)
    }
    let now = Timestamp(milliseconds: 0)
    let repositories = [
      record("library/python", tags: 20) { $0.succeeded(at: now, listed: 1_234, fitting: 40) },
      record("team/none", tags: 0) { $0.succeeded(at: now, listed: 7, fitting: 0) },
      record("team/gone", tags: 3) { $0.failed(CheckFailure(.denied, "no", remedy: "ask"), at: now) },
      record("team/new", tags: 0) { _ in },
      record("team/late", tags: 3) { $0.succeeded(at: now, listed: 0, fitting: 0) },
    ]
    let report = StatusReport(
      tags: [], unknown: [], repositories: repositories, sinks: [], database: "/x.db")
    #expect(report.isUnwell && report.failing.repositories.count == 3)
    #expect(
      StatusRendering(report: report, total: [], now: now).text(TextFormat()).hasPrefix(
        """
        5 repositories: 1 ok, 1 failing, 2 empty, 1 pending
        no tags are watched

        STATE    REPOSITORY  TAGS                 LISTED (UTC)
        empty    team/none   0 of 7               1970-01-01 00:00:00
            none of its tags fits: correct include_tags and exclude_tags
        failing  team/gone   3                    -
            since 1970-01-01 00:00:00, now denied: no: ask
        empty    team/late   3 (0 of 0 fit)       1970-01-01 00:00:00
            its registry lists no tag of it; those seen before are watched until they count as deleted
        ok       python      20 (40 of 1234 fit)  1970-01-01 00:00:00
        pending  team/new    0                    -

        """))
  }

  @Test func nothingToShow() {
    let now = Timestamp(milliseconds: 0)
    let none = StatusReport(tags: [], unknown: [], sinks: [], database: "/x.db")
    let line = "no daemon is running, database /x.db: nothing is checked until 'watcher run' or 'watcher check'\n"
    #expect(StatusRendering(report: none, total: [], now: now).text(TextFormat()) == "no tags are watched\n\n\(line)")
    let daemon = #"{"running":false,"pid":null,"version":null,"configuration":null,"since":null,"problem":null}"#
    #expect(
      none.json.bytes
        == Array(
          #"{"tags":[],"repositories":[],"sinks":[],"daemon":\#(daemon),"database":"/x.db","registries":[]}"#.utf8))
    let unknown = StatusReport(tags: [], unknown: [Samples.tag], sinks: [], database: "/x.db")
    #expect(
      StatusRendering(report: unknown, total: [], now: now).text(TextFormat())
        == "none of these tags is known\n\n\(line)")
  }
}
