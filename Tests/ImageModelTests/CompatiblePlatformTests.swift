import ImageModel
import Testing

/// What an engine would run, by the rules of containerd.
@Suite struct CompatiblePlatformTests {
  private func platform(_ text: String) throws -> Platform { try #require(Platform(text)) }

  /// All that stand in for a platform, the best first.
  @Test(arguments: [
    ("linux/amd64", ["linux/amd64", "linux/386"]),
    ("linux/amd64/v3", ["linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "linux/386"]),
    ("linux/amd64/odd", ["linux/amd64/odd", "linux/386"]),
    ("linux/386", ["linux/386"]),
    ("linux/arm/v8", ["linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
    ("linux/arm", ["linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
    ("linux/arm/v6", ["linux/arm/v6", "linux/arm/v5"]), ("linux/arm/v5", ["linux/arm/v5"]),
    ("linux/arm/odd", ["linux/arm/odd"]),
    ("linux/arm64", ["linux/arm64", "linux/arm/v8", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5"]),
    ("linux/arm64/v8.2", ["linux/arm64/v8.2", "linux/arm64/v8.1", "linux/arm64", "linux/arm/v8", "linux/arm/v7"]),
    (
      "linux/arm64/v9.1",
      [
        "linux/arm64/v9.1", "linux/arm64/v9", "linux/arm64/v8.6", "linux/arm64/v8.5", "linux/arm64/v8.1", "linux/arm64",
        "linux/arm/v8", "linux/arm/v5",
      ]
    ),
    ("linux/arm64/odd", ["linux/arm64/odd"]), ("linux/arm64/v10", ["linux/arm64/v10"]),
    ("linux/s390x", ["linux/s390x"]), ("linux/ppc64le/power9", ["linux/ppc64le/power9"]),
  ])
  func standInsInTheirOrder(wanted: String, best: [String]) throws {
    let wanted = try platform(wanted)
    var listed = try best.reversed().map(platform)
    for name in best {
      #expect(wanted.nearest(in: listed).map { listed[$0].description } == [name])
      listed.removeLast()
    }
    let others = try ["windows/amd64", "linux/amd64/v4", "linux/riscv64", "linux/arm64/v8.7", "linux/ppc64le"].map(
      platform)
    #expect(wanted.nearest(in: others.filter { $0 != wanted }) == [])
  }

  /// The indexes of containers/image's tests, `list_test.go` and `oci_index_test.go`, by how their digests begin. Where
  /// that project chooses another entry, or one at all, it is in brackets: it knows no version for `arm` alone.
  @Test(arguments: [
    ("variants", "amd64", "59eec883"), ("variants", "arm", "c84b0a3a"), ("variants", "arm/v7", "c84b0a3a (f365626a)"),
    ("variants", "arm/v6", "f365626a"), ("variants", "arm/v5", "(c84b0a3a)"),
    ("variants", "arm/unrecognized-present", "bcf9771c"), ("variants", "arm/unrecognized-not-present", "(c84b0a3a)"),
    ("oci variants", "arm/v7", "eeee"), ("oci variants", "arm", "eeee (c84b0a3a)"),
    ("oci variants", "arm/v6", "dddd (f365626a)"), ("oci variants", "arm/v5", "(c84b0a3a)"),
    ("list", "amd64", "030fcb92"), ("list", "s390x", "e5aa1b0a"), ("list", "arm/v7", "b5dbad4b"),
    ("list", "arm64", "dc472a59"), ("oci", "amd64", "5b0bcabd"), ("oci", "ppc64le", "e692418e"),
  ])
  func otherEnginesIndexes(index: String, wanted: String, chosen: String) throws {
    let listed = try #require(Self.indexes[index])
    let ours = try platform("linux/" + wanted).nearest(in: try listed.map { try platform("linux/" + $0.0) })
    let expected = chosen.split(separator: " ").first { !$0.hasPrefix("(") }.map(String.init)
    #expect(ours.map { listed[$0].1 } == [expected].compactMap(\.self))
  }

  /// The strict rule, beside that.
  @Test(arguments: [
    ("variants", "arm/v7", ["c84b0a3a"]), ("variants", "arm", ["c84b0a3a"]), ("variants", "arm/v6", ["f365626a"]),
    ("variants", "arm/v5", []), ("oci variants", "arm", ["eeee", "c84b0a3a"]),
    ("oci variants", "arm/v7", ["eeee", "c84b0a3a"]), ("oci variants", "arm/v6", ["dddd", "f365626a"]),
    ("oci variants", "arm/v5", []), ("list", "arm/v6", []), ("oci", "386", []),
  ])
  func strictly(index: String, wanted: String, matched: [String]) throws {
    let selection = PlatformSelection.only([try platform("linux/" + wanted)])
    let listed = try #require(Self.indexes[index])
    #expect(try listed.filter { selection.admits(try platform("linux/" + $0.0)) }.map(\.1) == matched)
  }

  private static let indexes: [String: [(String, String)]] = [
    "variants": [
      ("amd64", "59eec883"), ("arm/v6", "f365626a"), ("arm/unrecognized-present", "bcf9771c"), ("arm", "c84b0a3a"),
    ],
    "oci variants": [
      ("amd64", "59eec883"), ("arm/v7", "eeee"), ("arm/v6", "dddd"), ("arm/v6", "f365626a"),
      ("arm/unrecognized-present", "bcf9771c"), ("arm", "c84b0a3a"),
    ],
    "list": [
      ("amd64", "030fcb92"), ("arm/v7", "b5dbad4b"), ("arm64/v8", "dc472a59"), ("386", "9a33"), ("s390x", "e5aa1b0a"),
    ],
    "oci": [("ppc64le", "e692418e"), ("amd64", "5b0bcabd")],
  ]

  // MARK: Windows

  /// A host runs containers of its build, from Server 2022 on those of the long-term release before it as well.
  @Test(arguments: [
    ("10.0.17763", ["10.0.17763", nil], ["10.0.20348", "10.0.17134", "6.3.17763"]),
    ("10.0.20348", ["10.0.20348"], ["10.0.17763", "10.0.20349", "10.0.26100"]),
    ("10.0.25398", ["10.0.25398", "10.0.20348"], ["10.0.26100", "10.0.17763"]),
    ("10.0.26100", ["10.0.26100", "10.0.25398", "10.0.20348", nil], ["10.0.17763", "10.0.26101"]),
    ("10.0.27000", ["10.0.27000", "10.0.26100"], ["10.0.25398", "10.0.20348"]),
    ("odd", ["odd"], ["10.0.20348", "10.0"]),
  ])
  func buildsOfWindows(host: String, best: [String?], others: [String]) throws {
    func windows(_ version: String?) -> Platform { Platform(os: "windows", architecture: "amd64", osVersion: version) }
    var listed = best.reversed().map(windows)
    for version in best {
      #expect(windows(host).nearest(in: listed).map { listed[$0] } == [windows(version)], "\(version ?? "none")")
      listed.removeLast()
    }
    #expect(windows(host).nearest(in: others.map(windows)) == [])
  }

  @Test func withoutAVersionAllOfWindowsIsMeant() throws {
    let listed = ["10.0.20348", "10.0.17763", "10.0.20348"].map {
      Platform(os: "windows", architecture: "amd64", osVersion: $0)
    }
    let wanted = try platform("windows/amd64")
    #expect(wanted.nearest(in: listed) == [0, 1, 2])
    #expect(listed.map(wanted.key(of:)) == listed)
    #expect(listed[0].nearest(in: listed) == [0, 2])
  }

  // MARK: Selections

  @Test func aSelectionIsStoredAndReadAgain() throws {
    let platforms = [try platform("linux/arm/v7"), try platform("windows/amd64:10.0.20348")]
    for selection in [PlatformSelection.all, .only(platforms), .compatible(platforms)] {
      #expect(PlatformSelection(stored: selection.stored) == selection)
    }
    for text in ["compatible:", "compatible:*", "compatible", "compatible:linux"] {
      #expect(PlatformSelection(stored: text) == nil, "\(text)")
    }
  }

  @Test func underItsNameAStandInIsWatchedAndNotMissing() throws {
    let selection = PlatformSelection.compatible([try platform("linux/arm/v7")])
    let (name, other) = (try platform("linux/arm/v7"), try platform("linux/arm/v6"))
    #expect(selection.admits(other) && !selection.contains(other) && selection.contains(name))
    #expect(selection.missing(from: [name]).isEmpty && selection.missing(from: []) == [name])
  }
}
