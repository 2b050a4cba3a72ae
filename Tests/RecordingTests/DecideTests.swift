import Drift
import Foundation
import History
import ImageModel
import TestSupport
import Testing

@testable import Recording

/// What a finding means, without a database: the past is a value, and the decision one as well.
@Suite struct DecideTests {
  private struct Past: TagPast {
    struct Unreadable: Error {}

    var newest: StoredSnapshot?
    /// The state that was announced last, where that is another one.
    var announcedState: StoredSnapshot?
    var row = TagState()
    var documents: [Digest: Document] = [:]
    var uses: [Digest: PastUse] = [:]
    var announced = 0
    var isReadable = true

    func latest() throws -> StoredSnapshot? {
      guard isReadable else { throw Unreadable() }
      return newest
    }
    func state() throws -> TagState { row }
    func snapshot(_ id: SnapshotID) throws -> StoredSnapshot? {
      [newest, announcedState].compactMap(\.self).first { $0.id == id }
    }
    func lastUse(platform: Platform?, identity: Digest, before snapshot: SnapshotID) throws -> PastUse? {
      snapshot == newest?.id ? uses[identity] : nil
    }
    func announcements(_ type: EventType, since: Timestamp, until: Timestamp) throws -> Int {
      type == .imageChanged ? announced : 0
    }
    func document(_ digest: Digest) throws -> Document? { documents[digest] }
    func companions(at digest: Digest, after: Timestamp, until: Timestamp) throws -> [TagReference] { [] }
  }

  private static let now = Timestamp(milliseconds: 1_700_000_000_000)
  private static let before = now.advanced(bySeconds: -900)
  private let recorder = Recorder(
    [.init(sink: "default", events: nil), .init(sink: "all", events: EventPatterns(["*"]))], makeID: { "id" })

  @Test func aFirstFindingIsTheBaseline() throws {
    let decision = try recorder.decide(request(.found(state("1"), head: digest("1"))), Past())
    #expect(decision.change == .begin(state("1"), classes: [.added]))
    #expect(decision.events.map(\.event.type) == [.tagFirstSeen] && decision.events[0].announces == .begun)
    #expect(decision.events[0].sinks == ["all"])
    #expect(decision.current == .begun && decision.announced == .begun && decision.outcome.name == "first_seen")
    #expect(decision.state.headDigest == digest("1") && decision.state.verified == Self.now)
  }

  @Test func whatIsTheSameIsConfirmedAndNothingIsTold() throws {
    let past = Past(newest: stored("1"))
    let found = try recorder.decide(request(.found(state("1"), head: digest("1"))), past)
    #expect(found.change == .update(7, state("1").images) && found.events.isEmpty)
    #expect(found.current == .recorded(7) && found.outcome.name == "unchanged")
    let confirmed = try recorder.decide(request(.confirmed), past)
    #expect(confirmed.change == .confirm && confirmed.events.isEmpty)
  }

  @Test func anotherImageIsAMoveThatDefaultSinksAreTold() throws {
    let decision = try recorder.decide(request(.found(state("2"), head: digest("2"))), Past(newest: stored("1")))
    #expect(decision.events.map(\.event.type) == [.imageChanged] && decision.events[0].sinks == ["default", "all"])
    #expect(decision.events[0].event.previous?.digest == digest("1"))
    #expect(decision.events[0].event.notBefore == Self.before)
    #expect(decision.state.lastMove == Self.now && decision.announced == .begun)
  }

  @Test func theWayBackIsARollbackAndWithheldOnceItFlaps() throws {
    var past = Past(newest: stored("1"))
    past.uses[imageID("2")] = PastUse(lastCurrent: Self.before, digest: digest("2"))
    past.row.lastMove = Self.before
    let told = try recorder.decide(request(.found(state("2"), head: digest("2"))), past)
    #expect(told.events.first?.event.rollback?.map(\.imageID) == [imageID("2")] && !told.isWithheld)
    past.announced = 100
    past.row.announcedSnapshot = 7
    let withheld = try recorder.decide(request(.found(state("2"), head: digest("2"))), past)
    #expect(withheld.events.isEmpty && withheld.isWithheld && withheld.outcome.name == "changed")
    #expect(withheld.change == .begin(state("2"), classes: [.content]), "it is recorded all the same")
    #expect(withheld.state.withheld == 1 && withheld.announced == .recorded(7))
  }

  /// Moved from 1 to 2 and on, of which only 1 was told; it has been quiet since.
  private var quiet: Past {
    var past = Past(newest: stored("2"), announcedState: stored("1", id: 5))
    past.row.announcedSnapshot = 5
    past.row.withheld = 3
    past.row.lastMove = Self.now.advanced(bySeconds: -3_600)
    return past
  }

  @Test func whatWasWithheldIsToldOnceTheTagIsQuiet() throws {
    let decision = try recorder.decide(request(.confirmed), quiet)
    let event = try #require(decision.events.first)
    #expect(decision.change == .confirm && event.event.type == .imageChanged && event.announces == .recorded(7))
    #expect(event.event.previous?.digest == digest("1") && event.event.current?.digest == digest("2"))
    #expect(event.event.flaps == 3 && event.event.notAfter == Self.before)
    #expect(decision.announced == .recorded(7) && decision.state.withheld == 0)
  }

  /// The config that tells a rebuilt image from another one comes with the very poll that settles.
  @Test func whatIsFetchedMeanwhileCountsForWhatIsTold() throws {
    var past = quiet
    let (old, new) = (config("1"), config("2"))
    past.documents[imageID("1")] = Document(digest: imageID("1"), mediaType: .ociConfig, bytes: old)
    for digit in ["1", "2"] as [Character] {
      past.documents[manifest(digit)] = Document(
        digest: manifest(digit), mediaType: .ociManifest, bytes: manifestBytes(digit))
    }
    let fetched = Document(digest: imageID("2"), mediaType: .ociConfig, bytes: new)
    let found = TagSnapshot(
      digest: digest("2"), mediaType: .ociIndex, size: 2, images: state("2").images, documents: [fetched])
    let decision = try recorder.decide(request(.found(found, head: digest("2"))), past)
    #expect(decision.documents == [fetched])
    let change = try #require(decision.events.first?.event.changes.first)
    #expect(change.current?.created == "2026-01-02T00:00:00Z", "it stands in the fetched document alone")
  }

  /// More than an hour after the last announcement one move back is told again, with others still withheld: then the
  /// state told last is the present one, and both are of one moment.
  @Test func whatIsToldOfTheSameStateIsOfOneMoment() throws {
    var past = quiet
    past.announcedState = nil
    past.row.announcedSnapshot = 7
    let event = try #require(try recorder.decide(request(.confirmed), past).events.first?.event)
    #expect(event.previous?.lastSeen == Self.before && event.notBefore == Self.before && event.changes.isEmpty)
  }

  @Test func aMoveOfTheIndexAloneLeavesWhatWasAnnouncedWhileMovesAreWithheld() throws {
    var index = state("2")
    index = TagSnapshot(digest: digest("3"), mediaType: .ociIndex, size: 2, images: index.images, documents: [])
    var past = quiet
    past.row.lastMove = Self.now
    let decision = try recorder.decide(request(.found(index, head: digest("3"))), past)
    #expect(decision.events.map(\.event.type) == [.indexChanged] && decision.current == .begun)
    #expect(decision.announced == .recorded(5) && decision.state.withheld == 3)
  }

  @Test func aFailureChangesNoHistoryAndADeletionEndsTheState() throws {
    var past = Past(newest: stored("1"))
    past.row.headDigest = digest("1")
    let failed = try recorder.decide(request(.failed(CheckFailure(.timeout, "x"))), past)
    #expect(failed.change == .nothing && failed.events.isEmpty && failed.current == .recorded(7))
    #expect(failed.state.headDigest == digest("1"))
    let gone = try recorder.decide(
      request(.failed(CheckFailure(.tagMissing, "x")), .deleted(missingSince: Self.before)), past)
    #expect(gone.change == .end && gone.current == nil && gone.state.headDigest == nil)
    #expect(gone.events.map(\.event.type) == [.tagDeleted] && gone.events[0].announces == nil)
    #expect(gone.events[0].event.notAfter == Self.before)
  }

  @Test func whatComesBackAfterADeletionBeginsAnew() throws {
    let past = Past(newest: stored("1", ended: .deleted))
    let decision = try recorder.decide(request(.found(state("1"), head: digest("1")), .restored), past)
    #expect(decision.events.map(\.event.type) == [.tagRestored])
    #expect(decision.change == .begin(state("1"), classes: [nil]) && decision.current == .begun)
  }

  @Test func aPinThatIsNotMetIsSaidOnceAtFirstSight() throws {
    var first = request(.found(state("1"), head: nil))
    first.watched.pinned = digest("9")
    #expect(try recorder.decide(first, Past()).unmetPin == digest("9"))
    #expect(try recorder.decide(first, Past(newest: stored("1"))).unmetPin == nil)
    first.watched.pinned = digest("1")
    #expect(try recorder.decide(first, Past()).unmetPin == nil)
  }

  @Test func onlySinksOfTheTagAreTold() throws {
    var request = request(.found(state("1"), head: nil))
    request.watched.sinks = ["default"]
    #expect(try recorder.decide(request, Past()).events.map(\.sinks) == [[]])
  }

  /// An image that stood in for a platform stays in the history of an unmoved tag, as what it is.
  @Test func whatStoodInIsKeptUnderItsOwnNameOnceThatIsNotAskedFor() throws {
    let (amd64, i386) = (Platform(os: "linux", architecture: "amd64"), Platform(os: "linux", architecture: "386"))
    var past = Past(newest: stored("1", found: i386))
    past.row.walked = .compatible([amd64])
    var request = request(
      .found(
        TagSnapshot(digest: digest("1"), mediaType: .ociIndex, size: 2, images: [], documents: []), head: digest("1")))
    request.watched.selection = .only([amd64])
    let decision = try recorder.decide(request, past)
    guard case .update(7, let images) = decision.change else {
      Issue.record("\(decision.change as Any)")
      return
    }
    #expect(images.map(\.platform) == [i386] && images.map(\.found) == [nil] && decision.events.isEmpty)
  }

  @Test func aPastThatCannotBeReadDecidesNothing() {
    #expect(throws: Past.Unreadable.self) {
      try recorder.decide(request(.confirmed), Past(isReadable: false))
    }
  }

  // MARK: What the tests are made of

  private func request(_ finding: RecordRequest.Finding, _ change: ReachabilityChange? = nil) -> RecordRequest {
    let watched = WatchEntry(
      tag: TagReference(domain: "r.example", path: "app", tag: "latest"), pinned: nil, intervalSeconds: 900,
      selection: .all, sinks: ["default", "all"], unreachableAfterSeconds: 3_600, labels: [:], line: 0)
    return RecordRequest(
      index: 0, tagID: 1, watched: watched, reachability: Reachability(), lastChecked: Self.before, finding: finding,
      change: change, at: Self.now, nextCheck: Self.now.advanced(bySeconds: 900))
  }

  private func state(_ digit: Character) -> TagSnapshot {
    let image = PlatformImage(
      platform: Platform("linux/amd64"), manifest: manifest(digit), manifestSize: 3, imageID: imageID(digit),
      configSize: 4, layers: [digest(digit)],
      config: ImageConfig(created: nil, platform: nil, diffIDs: [digest(digit)], labels: [:]))
    return TagSnapshot(digest: digest(digit), mediaType: .ociIndex, size: 2, images: [image], documents: [])
  }

  private func stored(
    _ digit: Character, id: SnapshotID = 7, ended: StoredSnapshot.Ending? = nil, found: Platform? = nil
  ) -> StoredSnapshot {
    StoredSnapshot(
      id: id, digest: digest(digit), mediaType: .ociIndex, size: 2, firstSeen: Self.before, lastSeen: Self.before,
      ended: ended, event: .tagFirstSeen,
      images: state(digit).images.map {
        var image = StoredImage(
          platform: $0.platform, manifest: $0.manifest, manifestSize: 3, imageID: $0.imageID, configSize: 4,
          created: nil, changeClass: .added)
        image.found = found
        return image
      })
  }

  private func config(_ digit: Character) -> [UInt8] {
    Array(#"{"architecture":"amd64","os":"linux","created":"2026-01-0\#(digit)T00:00:00Z"}"#.utf8)
  }

  private func manifestBytes(_ digit: Character) -> [UInt8] {
    let config = #"{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(imageID(digit))","size":4}"#
    return Array(#"{"schemaVersion":2,"config":\#(config),"layers":[]}"#.utf8)
  }

  private func digest(_ digit: Character) -> Digest { Self.digest("aa", digit) }
  private func manifest(_ digit: Character) -> Digest { Self.digest("bb", digit) }
  private func imageID(_ digit: Character) -> Digest { Self.digest("cc", digit) }

  private static func digest(_ prefix: String, _ digit: Character) -> Digest {
    do { return try Digest("sha256:" + prefix + String(repeating: digit, count: 62)) } catch { fatalError("\(error)") }
  }
}
