import Documents
import FoundationEssentials
import Hashing
import ImageModel
import TestSupport
import Testing

@testable import Comparison

/// What became of an image, from its documents alone.
@Suite struct ComparisonTests {
  private static let amd64 = Platform(os: "linux", architecture: "amd64")
  private static let arm64 = Platform(os: "linux", architecture: "arm64")

  private static func digest(_ seed: UInt8) -> Digest { Digest(.sha256, bytes: [UInt8](repeating: seed, count: 32)) }

  /// An image whose manifest and config have the digests `number` and `number + 100`.
  private static func image(
    _ number: UInt8, layers: [(UInt8, Int)], diffIDs: [UInt8]? = nil, config: String = "",
    created: String = "2026-01-01T00:00:00Z",
    platform: Platform? = amd64, hasConfig: Bool = true, hasManifest: Bool = true, id: UInt8? = nil,
    more: String = ""
  ) -> Known {
    let list = layers.map {
      #"{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"\#(digest($0.0))","size":\#($0.1)}"#
    }.joined(separator: ",")
    let imageID = digest(id ?? number &+ 100)
    let manifest =
      #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","#
      + #""config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(imageID)","size":1},"layers":[\#(list)]}"#
    let ids = (diffIDs ?? layers.map(\.0)).map { #""\#(digest($0))""# }.joined(separator: ",")
    let json =
      #"{"created":"\#(created)","architecture":"amd64","os":"linux","config":{\#(config)},"rootfs":{"type":"layers","diff_ids":[\#(ids)]},"#
      + #""history":[{"created":"\#(created)","created_by":"x"}]\#(more)}"#
    var documents: [Digest: Document] = [:]
    if hasManifest {
      documents[digest(number)] = Document(digest: digest(number), mediaType: .ociManifest, bytes: Array(manifest.utf8))
    }
    if hasConfig {
      documents[imageID] = Document(
        digest: imageID, mediaType: MediaType("application/vnd.oci.image.config.v1+json"), bytes: Array(json.utf8))
    }
    let image = PlatformImage(
      platform: platform, manifest: digest(number), manifestSize: 1, imageID: imageID, configSize: 1, layers: [],
      config: nil)
    return Known(image: image, documents: documents)
  }

  /// An image with its documents.
  private struct Known {
    let image: PlatformImage
    let documents: [Digest: Document]
  }

  /// - Parameter listed: platforms of the index beside those of the images; `nil`: the index is not at hand.
  private static func state(_ images: [Known], listed: [String]? = []) -> ComparedImages {
    let index = listed.map { others in
      let entries = (images.compactMap(\.image.platform?.description) + others).map {
        FakeRegistryImage.entry(FakeRegistryImage.document(.ociManifest, []), platform: $0)
      }
      return FakeRegistryImage.index(entries)
    }
    return ComparedImages(
      images.map(\.image), index: .some(index), documents: images.reduce(into: [:]) { $0.merge($1.documents) { $1 } })
  }

  private static func single(_ image: Known) -> ComparedImages {
    ComparedImages([image.image], index: nil, documents: image.documents)
  }

  private func difference(_ old: Known, _ new: Known) throws -> ImageDifference {
    let differences = StateComparison(from: Self.state([old]), to: Self.state([new])).differences
    #expect(differences.count == 1)
    return try #require(differences.first)
  }

  @Test func layersAreKeptAddedAndRemoved() throws {
    let result = try difference(
      Self.image(1, layers: [(11, 100), (12, 20), (13, 3)]), Self.image(2, layers: [(11, 100), (14, 7), (12, 20)]))
    #expect(result.changeClass == .content && result.isOnlyBuildTime == false && result.unknown.isEmpty)
    #expect(result.layers?.kept.map(\.digest) == [Self.digest(11), Self.digest(12)])
    #expect(result.layers?.added.map(\.size) == [7] && result.layers?.removed.map(\.size) == [3])
    #expect(result.from?.size == 123 && result.to?.size == 127)
  }

  @Test func aLayerThatOccursTwiceCountsTwice() throws {
    let result = try difference(Self.image(1, layers: [(11, 1), (11, 1)]), Self.image(2, layers: [(11, 1)]))
    #expect(result.layers?.kept.count == 1 && result.layers?.removed.count == 1 && result.layers?.added.isEmpty == true)
  }

  /// What they hold counts, not how it is compressed.
  @Test func layersThatAreCompressedAnewAreKept() throws {
    let result = try difference(
      Self.image(1, layers: [(11, 100)], diffIDs: [7]), Self.image(2, layers: [(12, 90)], diffIDs: [7], id: 101))
    #expect(result.changeClass == .repacked && result.layers?.kept.map(\.digest) == [Self.digest(12)])
    #expect(
      result.layers?.added.isEmpty == true && result.layers?.removed.isEmpty == true && result.isOnlyBuildTime == false)
  }

  @Test func theTimeOfTheBuildAloneIsTold() throws {
    func made(_ number: UInt8, _ day: String, _ config: String = "") -> Known {
      let labels = #""Labels":{"org.opencontainers.image.created":"2026-01-\#(day)T00:00:00Z","a":"b"}\#(config)"#
      return Self.image(number, layers: [(11, 1)], config: labels, created: "2026-01-\(day)T00:00:00Z")
    }
    let rebuilt = try difference(made(1, "01"), made(2, "02"))
    #expect(rebuilt.changeClass == .rebuilt && rebuilt.isOnlyBuildTime == true)
    #expect(rebuilt.settings.map(\.name) == ["labels.org.opencontainers.image.created"])
    // Whatever else differs, in a setting that is not told of as well.
    for other in [#","User":"1000""#, #","OnBuild":["RUN x"]"#] {
      #expect(try difference(made(1, "01"), made(2, "02", other)).isOnlyBuildTime == false)
    }
    #expect(try difference(made(1, "01"), made(1, "01")).isOnlyBuildTime == false)
  }

  /// Such a manifest has neither sizes nor a config.
  @Test func manifestsOfSchemaOneAreCompared() throws {
    func made(_ layers: [UInt8]) -> Known {
      let bytes = FakeSchema1.signed(FakeSchema1.payload("old", layers: layers.map(Self.digest)))
      let document = Document(digest: Self.digest(layers[0]), mediaType: .schema1Signed, bytes: bytes)
      let image = PlatformImage(
        platform: Self.amd64, manifest: document.digest, manifestSize: 1, imageID: nil, configSize: nil, layers: [],
        config: nil)
      return Known(image: image, documents: [document.digest: document])
    }
    let result = try #require(
      StateComparison(from: Self.single(made([1, 2])), to: Self.single(made([3, 2]))).differences.first)
    #expect(result.changeClass == .content && result.isOnlyBuildTime == nil && result.unknown.isEmpty)
    #expect(result.layers?.kept.count == 1 && result.layers?.added.count == 1 && result.to?.size == nil)
  }

  /// Of the same bytes.
  @Test func aDigestOfAnotherAlgorithmIsNoOtherLayer() throws {
    func made(_ algorithm: Digest.Algorithm) -> Known {
      let document = FakeRegistryImage("x", platforms: ["linux/amd64"])
      let config = document.config("linux/amd64")
      let id = Hash.digest(algorithm, of: config.bytes)
      let layer = JSONOutput.members([
        "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "size": 9,
        "digest": .text(Hash.digest(algorithm, of: [1])),
      ])
      let manifest = FakeRegistryImage.document(
        .ociManifest,
        [
          "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest), "layers": .array([layer]),
          "config": .members(["mediaType": .text(config.mediaType), "digest": .text(id), "size": 1]),
        ])
      let digest = Hash.digest(algorithm, of: manifest.bytes)
      let image = PlatformImage(
        platform: Self.amd64, manifest: digest, manifestSize: 1, imageID: id, configSize: 1, layers: [], config: nil)
      return Known(
        image: image,
        documents: [
          digest: Document(digest: digest, mediaType: .ociManifest, bytes: manifest.bytes),
          id: Document(digest: id, mediaType: .ociConfig, bytes: config.bytes),
        ])
    }
    let result = try difference(made(.sha256), made(.sha512))
    #expect(result.layers?.kept.map(\.digest.algorithm) == [.sha512] && result.layers?.added.isEmpty == true)
    #expect(result.settings.isEmpty && result.unknown.isEmpty && result.to?.size == 9)
  }

  @Test func settingsAreComparedOneByOne() throws {
    let old = Self.image(
      1, layers: [(11, 1)],
      config: #"""
        "Env":["PATH=/bin","OLD=1","SAME=x=y","EMPTY"],"Entrypoint":["/a"],"Cmd":["b","c"],"User":"root","WorkingDir":"/w",
        "ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},"StopSignal":"SIGTERM","Labels":{"x":"1","org.opencontainers.image.version":"1"}
        """#)
    let new = Self.image(
      2, layers: [(11, 1)],
      config: #"""
        "Env":["PATH=/no","PATH=/usr/bin","SAME=x=y","EMPTY="],"Entrypoint":"/a","Cmd":null,"User":"","WorkingDir":"/w",
        "ExposedPorts":{"443/tcp":{},"80/tcp":{}},"Healthcheck":{"Test":["CMD","x"],"Interval":30000000000},
        "Labels":{"x":"2","org.opencontainers.image.version":"2"}
        """#)
    let changes = try difference(old, new).settings
    func text(_ value: JSONOutput?) -> String? { value.map { String(decoding: $0.bytes, as: UTF8.self) } }
    let told = changes.map { "\($0.name) \(text($0.from) ?? "-") \(text($0.to) ?? "-")" }
    #expect(
      Set(told) == [
        #"entrypoint ["/a"] "/a""#, #"cmd ["b","c"] -"#, #"user "root" -"#, #"ports ["80/tcp"] ["443/tcp","80/tcp"]"#,
        #"volumes ["/data"] -"#, #"stop_signal "SIGTERM" -"#,
        #"healthcheck - {"Interval":30000000000,"Test":["CMD","x"]}"#, #"env.PATH "/bin" "/usr/bin""#,
        #"env.OLD "1" -"#,
        #"labels.org.opencontainers.image.version "1" "2""#, #"labels.x "1" "2""#,
      ])
    let names = changes.map(\.name)
    #expect(
      names.firstIndex(of: "labels.org.opencontainers.image.version") ?? 99 < names.firstIndex(of: "labels.x") ?? 0)
  }

  @Test func whatCannotBeKnownIsSaid() throws {
    let whole = Self.image(1, layers: [(11, 1)])
    let bare = try difference(whole, Self.image(2, layers: [(11, 1)], hasConfig: false))
    #expect(bare.unknown == ["to.config"] && bare.isOnlyBuildTime == nil && bare.settings.isEmpty)
    #expect(bare.layers?.kept.count == 1)
    let lost = try difference(
      Self.image(1, layers: [(11, 1)], hasConfig: false, hasManifest: false), Self.image(2, layers: []))
    #expect(lost.unknown == ["from.manifest", "from.config"] && lost.layers == nil)
    #expect(lost.from?.size == nil)
    // The same image needs no config to be known to be the same.
    let same = try difference(
      Self.image(1, layers: [(11, 1)], hasConfig: false), Self.image(2, layers: [(11, 1)], hasConfig: false, id: 101))
    #expect(same.changeClass == .repacked && same.isOnlyBuildTime == false)
  }

  @Test func platformsComeAndGo() throws {
    let old = [Self.image(1, layers: [(11, 1)]), Self.image(2, layers: [(12, 1)], platform: Self.arm64)]
    let other = Platform(os: "linux", architecture: "s390x")
    let new = [Self.image(3, layers: [(13, 1)], platform: other), old[0]]
    let differences = StateComparison(from: Self.state(old), to: Self.state(new)).differences
    #expect(differences.map(\.platform) == [other, Self.amd64, Self.arm64])
    #expect(differences.map(\.changeClass) == [.added, nil, .removed])
    #expect(differences[0].layers?.added.count == 1 && differences[2].layers?.removed.count == 1)
    // Of two tags without an index each is one image, whatever their platforms.
    let single = StateComparison(from: Self.single(old[0]), to: Self.single(new[0])).differences
    #expect(single.map(\.changeClass) == [.content])
  }

  /// Of what an index may have nothing is said to have come or gone.
  @Test func onlyWhatIsNotListedHasComeOrGone() {
    let (one, other) = (
      Self.image(1, layers: [(11, 1)]), Self.image(2, layers: [(12, 1)], platform: Self.arm64)
    )
    func classes(_ listed: [String]?) -> [[ChangeClass?]] {
      let (more, less) = (Self.state([one, other]), Self.state([one], listed: listed))
      return [StateComparison(from: more, to: less), StateComparison(from: less, to: more)].map { comparison in
        comparison.differences.map(\.changeClass)
      }
    }
    #expect(classes([]) == [[nil, .removed], [nil, .added]])
    for listed in [["linux/arm64"], nil] as [[String]?] {
      #expect(classes(listed) == [[nil, nil], [nil, nil]])
      let gone = StateComparison(from: Self.state([one, other]), to: Self.state([one], listed: listed)).differences[1]
      #expect(gone.unknown == ["to.image"] && gone.layers == nil && gone.isOnlyBuildTime == nil)
    }
  }

  @Test func whatNoSettingTellsOfIsNamed() throws {
    func others(_ before: String, _ after: String, more: (String, String) = ("", "")) throws -> [String] {
      try difference(
        Self.image(1, layers: [(11, 1)], config: before, more: more.0),
        Self.image(2, layers: [(11, 1)], config: after, more: more.1)
      ).others
    }
    #expect(try others(#""Env":["A=1","B=2"]"#, #""Env":["B=2","A=1"]"#) == ["Env"])
    #expect(try others(#""Env":["A=1","B=2"]"#, #""Env":["B=2","A=2"]"#) == [])
    #expect(try others("", #""OnBuild":["RUN x"],"Shell":["sh"],"User":"x""#) == ["OnBuild", "Shell"])
    #expect(try others("", "", more: ("", #","author":"x""#)) == ["author"])
    #expect(try others("", "", more: (#","container":"a""#, #","container":"b","container_config":{}"#)) == [])
  }

  /// Docker's classic builder notes in which container it built, another one each time.
  @Test func theContainerOfTheBuildIsNoDifference() throws {
    func made(_ number: UInt8) -> Known {
      let container = #","container":"c\#(number)","container_config":{"Hostname":"c\#(number)"}"#
      return Self.image(number, layers: [(11, 1)], created: "2026-01-0\(number)T00:00:00Z", more: container)
    }
    #expect(try difference(made(1), made(2)).isOnlyBuildTime == true)
  }

  @Test func settingsAreInTheOrderOfTheirKinds() throws {
    let changes = try difference(
      Self.image(1, layers: [(11, 1)], config: #""Env":["A=1","B=1"],"Labels":{"x":"1","y":"1"}"#),
      Self.image(2, layers: [(11, 1)], config: #""Env":["B=2","C=1"],"Labels":{"y":"2"}"#)
    ).settings
    #expect(changes.map(\.name) == ["env.B", "env.C", "env.A", "labels.y", "labels.x"])
  }

  @Test(
    arguments: [
      ("https://github.com/o/r", "https://github.com/o/r", "https://github.com/o/r/compare/aaa...bbb"),
      ("https://github.com/o/r.git", "https://github.com/o/r.git#main", "https://github.com/o/r/compare/aaa...bbb"),
      ("https://github.com/o/r/tree/main/x", "https://github.com/o/r/", "https://github.com/o/r/compare/aaa...bbb"),
      ("https://gitlab.com/g/s/r", "https://gitlab.com/g/s/r", "https://gitlab.com/g/s/r/-/compare/aaa...bbb"),
      ("https://codeberg.org/o/r", "https://codeberg.org/o/r", "https://codeberg.org/o/r/compare/aaa...bbb"),
      ("https://github.com/o/r", "https://github.com/o/other", nil),
      ("https://example.com/o/r", "https://example.com/o/r", nil),
      ("http://github.com/o/r", "http://github.com/o/r", nil), ("https://github.com/o", "https://github.com/o", nil),
      ("https://github.com/o/..", "https://github.com/o/..", nil),
      ("https://github.com/o/r\\u001b[2J", "https://github.com/o/r\\u001b[2J", nil),
      ("https://github.com@evil.example/o/r", "https://github.com@evil.example/o/r", nil),
    ] as [(String, String, String?)])
  func revisionsAreLinkedWhereTheForgeIsKnown(before: String, after: String, link: String?) throws {
    func made(_ number: UInt8, _ source: String, _ revision: String) -> Known {
      Self.image(
        number, layers: [(11, 1)],
        config:
          #""Labels":{"org.opencontainers.image.source":"\#(source)","org.opencontainers.image.revision":"\#(revision)"}"#
      )
    }
    #expect(try difference(made(1, before, "aaa"), made(2, after, "bbb")).link == link)
    #expect(try difference(made(1, before, "aaa"), made(2, after, "aaa")).link == nil)
    #expect(try difference(made(1, before, "a/b"), made(2, after, "bbb")).link == nil)
  }
}
