import Answers
import Containers
import History
import ImageModel
import TestSupport
import Testing

/// The JSON of the commands, byte for byte.
@Suite struct AnswerTests {
  @Test func check() throws {
    let body = Array(#"{"id":"0b9f"}"#.utf8)
    let report = CheckReport(
      results: [
        .init(tag: Samples.tag, outcome: .changed, events: [RecordedEvent(.imageChanged, sequence: 42, body: body)]),
        .init(tag: Samples.app, outcome: .failed(CheckFailure(.denied, "no")), events: []),
        .init(tag: Samples.app, outcome: .firstSeen, events: [RecordedEvent(.tagFirstSeen, sequence: 43, body: body)]),
        .init(tag: Samples.app, outcome: .unchanged, events: []),
        .init(tag: Samples.app, outcome: .changed, isWithheld: true, events: []),
      ],
      unlisted: [
        .init(
          repository: RepositoryReference(domain: "ghcr.io", path: "example/other"),
          failure: CheckFailure(.server, "no", remedy: "wait"))
      ], pollingSeconds: 2.41)
    #expect(
      String(decoding: report.json.bytes, as: UTF8.self) == """
        {"checked":5,"first_seen":1,"unchanged":1,"changed":2,"failed":1,"results":[\
        {"tag":"docker.io/library/amazonlinux:latest","outcome":"changed","events":[{"id":"0b9f"}],"error":null},\
        {"tag":"ghcr.io/example/app:stable","outcome":"failed","events":[],\
        "error":{"code":"denied","message":"no"}},\
        {"tag":"ghcr.io/example/app:stable","outcome":"first_seen","events":[{"id":"0b9f"}],"error":null},\
        {"tag":"ghcr.io/example/app:stable","outcome":"unchanged","events":[],"error":null},\
        {"tag":"ghcr.io/example/app:stable","outcome":"changed","withheld":true,"events":[],"error":null}],\
        "unlisted":[{"repository":"ghcr.io/example/other","error":{"code":"server","message":"no: wait"}}]}
        """)
  }

  @Test func drift() throws {
    let (running, now) = (try Samples.digest("2"), try Samples.digest("d"))
    func drift(_ name: String, _ state: ContainerDrift.State) -> ContainerDrift {
      let container = RunningContainer(
        name: name, image: "amazonlinux", platform: Samples.amd64, digests: [KnownDigest(running, .id)])
      return ContainerDrift(container, state, tag: Samples.tag)
    }
    let (first, last) = (try Samples.time("2026-07-18T00:10:00Z"), try Samples.time("2026-08-20T16:50:00Z"))
    var behind = drift("web\u{1b}", .behind)
    behind.wasCurrent = first...last
    behind.current = .init(imageID: now, manifest: nil, digest: running, firstSeen: last)
    behind.behind = .init(
      states: 2, since: last, classes: [.content, .rebuilt], changes: ["0b9f", "0ba0"], rollback: first)
    behind.tags = [Samples.tag]
    let answer = DriftAnswer(source: "-", containers: [drift("b", .unwatched), behind])
    #expect(
      String(decoding: answer.json.bytes, as: UTF8.self) == """
        {"source":"-","containers":[{"name":"web\\u001b","image":"amazonlinux",\
        "tag":"docker.io/library/amazonlinux:latest","platform":"linux/amd64","state":"behind",\
        "running":{"image_id":"\(running)","digests":["\(running)"]},\
        "was_current":{"first_seen":"2026-07-18T00:10:00.000Z","last_seen":"2026-08-20T16:50:00.000Z"},\
        "current":{"image_id":"\(now)","manifest":null,"digest":"\(running)",\
        "first_seen":"2026-08-20T16:50:00.000Z"},"behind":{"states":2,"since":"2026-08-20T16:50:00.000Z",\
        "classes":["content","rebuilt"],"changes":["0b9f","0ba0"],\
        "rollback":{"last_current":"2026-07-18T00:10:00.000Z"}},"tags":["docker.io/library/amazonlinux:latest"],\
        "pull":"docker.io/library/amazonlinux@\(running)","reason":null},\
        {"name":"b","image":"amazonlinux","tag":"docker.io/library/amazonlinux:latest","platform":"linux/amd64",\
        "state":"unwatched","running":{"image_id":"\(running)","digests":["\(running)"]},"was_current":null,\
        "current":null,"behind":null,"tags":[],"pull":null,"reason":null}],\
        "counts":{"behind":1,"other":0,"unknown":0,"unwatched":1,"pinned":0,"local":0,"current":0}}
        """)
  }

  @Test func history() throws {
    let entries = Array(try Samples.historyEntries().dropFirst())
    let six = try Samples.digest("6")
    let zero = try Samples.digest("0")
    func digest(_ text: String) throws -> Digest { try Samples.digest(text) }
    #expect(
      String(decoding: HistoryAnswer(tag: Samples.tag, entries: entries).json.bytes, as: UTF8.self) == """
        {"tag":"docker.io/library/amazonlinux:latest","entries":[\
        {"first_seen":"2026-09-14T23:50:00.000Z","last_seen":"2026-09-17T21:15:04.000Z","current":false,\
        "ended":"deleted","digest":"\(six)","media_type":"application/vnd.oci.image.index.v1+json",\
        "pull":"docker.io/library/amazonlinux@\(six)","event":"watcher.image.changed","platforms":[\
        {"platform":"linux/amd64","manifest":"\(try digest("1"))","image_id":"\(try digest("2"))",\
        "created":"2026-09-14T23:46:16Z","class":"content",\
        "rollback":{"last_current":"2026-09-02T10:00:00.000Z","digest":"\(zero)"}},\
        {"platform":"linux/arm64","manifest":"\(try digest("3"))","image_id":"\(try digest("4"))",\
        "created":"2026-09-14T23:46:17Z","class":"rebuilt","rollback":null},\
        {"platform":"linux/s390x","manifest":"\(try digest("5"))","image_id":"\(try digest("5"))",\
        "created":null,"class":null,"rollback":null}],"removed":[\
        {"platform":"windows/amd64:10.0.20348","manifest":"\(try digest("8"))","image_id":"\(try digest("9"))"}],\
        "also":[],"gaps":[]},\
        {"first_seen":"2026-09-01T00:00:00.000Z","last_seen":"2026-09-14T23:35:00.000Z","current":false,\
        "ended":"changed","digest":"\(zero)","media_type":"application/vnd.docker.distribution.manifest.v2+json",\
        "pull":"docker.io/library/amazonlinux@\(zero)","event":"watcher.tag.first_seen","platforms":[\
        {"platform":null,"manifest":"\(zero)","image_id":null,"created":null,"class":"added","rollback":null}],\
        "removed":[],"also":[],"gaps":[{"from":"2026-09-05T08:00:00.000Z","to":"2026-09-08T09:00:00.000Z"}]}]}
        """)
  }

  @Test func status() throws {
    func digest(_ text: String) throws -> Digest { try Samples.digest(text) }
    #expect(
      String(decoding: try Samples.statusReport().json.bytes, as: UTF8.self) == """
        {"tags":[{"tag":"docker.io/library/amazonlinux:latest","state":"ok","digest":"\(try digest("7"))","platforms":[\
        {"platform":"linux/amd64","found":null,"manifest":"\(try digest("b"))","image_id":"\(try digest("d"))",\
        "artifact_type":null},\
        {"platform":"linux/arm64","found":null,"manifest":"\(try digest("c"))","image_id":null,\
        "artifact_type":"application/x\\u001b"}],\
        "moved":null,"missing_platforms":["linux/s390x"],"last_checked":"2026-09-17T21:30:05.123Z",\
        "last_changed":"2026-09-14T23:50:00.000Z","next_check":"2026-09-17T21:45:05.000Z","failing_since":null,\
        "error":null,"entry":null},\
        {"tag":"ghcr.io/example/app:stable","state":"failing","digest":null,"platforms":[],"moved":null,\
        "missing_platforms":[],\
        "last_checked":"2026-09-17T21:30:06.000Z","last_changed":null,"next_check":"2026-09-17T21:45:05.000Z",\
        "failing_since":"2026-09-17T20:00:00.000Z",\
        "error":{"code":"dns","message":"no such host \\\\u{1b}[31m(ghcr.io): check the name and the DNS"},\
        "entry":null},\
        {"tag":"a.example/b:1","state":"pending","digest":null,"platforms":[],"moved":null,\
        "missing_platforms":[],\
        "last_checked":null,"last_changed":null,"next_check":null,"failing_since":null,"error":null,\
        "entry":null}],"repositories":[],\
        "sinks":[{"name":"journal","type":"stdout","state":"ok","waiting":0,"failed":0,"oldest_waiting":null,\
        "failing_since":null,"next_attempt":null,"error":null},\
        {"name":"audit","type":"file","state":"failing","waiting":12,"failed":0,\
        "oldest_waiting":"2026-09-17T21:30:05.000Z","failing_since":"2026-09-17T21:30:06.000Z",\
        "next_attempt":"2026-09-17T21:31:06.000Z","error":{"code":"unusable",\
        "message":"cannot open /var/log/x: No such file or directory"}},\
        {"name":"ops","type":"webhook","state":"disabled","waiting":3,"failed":1,\
        "oldest_waiting":"2026-09-17T21:30:05.000Z","failing_since":"2026-09-17T21:30:06.000Z",\
        "next_attempt":null,"error":{"code":"gone","message":"https://ops.example answered 410"}}],\
        "daemon":{"running":true,"pid":812,"version":"0.1.0","configuration":"/etc/watcher/config.json",\
        "since":"2026-09-17T20:00:00.000Z","problem":null},"database":"/var/lib/watcher/watcher.db","registries":[]}
        """)
  }

  @Test func resolve() throws {
    let digest = try Samples.digest("7")
    let bytes = try ResolveAnswer(
      reference: ImageReference("ghcr.io/o/i@\(digest)"), snapshot: Samples.resolved([Samples.amd64, nil])
    ).json.bytes
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        {"reference":"ghcr.io/o/i@\(digest)","digest":"\(digest)",\
        "media_type":"application/vnd.oci.image.index.v1+json","size":770,"pull":"ghcr.io/o/i@\(digest)","platforms":[\
        {"platform":"linux/amd64","manifest":"\(try Samples.digest("0"))","manifest_size":1150,\
        "image_id":"\(try Samples.digest("d"))","config_size":2345,"image_size":53254144,"artifact_type":null,\
        "created":"2026-09-17T21:13:04Z"},\
        {"platform":null,"manifest":"\(try Samples.digest("1"))","manifest_size":1151,"image_id":null,\
        "config_size":null,"image_size":null,"artifact_type":"application/vnd.example.thing\\u001b","created":null}]}
        """)
  }
}
