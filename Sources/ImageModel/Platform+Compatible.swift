extension Platform {
  /// Which of these an engine on this platform would run: the nearest one, of equal ones the first. Of Windows all that
  /// are equal, for which of several patch levels a host runs is its own matter.
  ///
  /// Source: containerd/platforms `compare.go` (`Only`); docs/decisions/0033-what-stands-in-for-a-platform.md.
  ///
  /// - Returns: their indexes, in order.
  package func nearest(in listed: [Platform]) -> [Int] {
    let distances = listed.map(distance(to:))
    guard let least = distances.compactMap(\.self).min() else { return [] }
    let nearest = listed.indices.filter { distances[$0] == least }
    return os == "windows" ? nearest : Array(nearest.prefix(1))
  }

  /// What an engine on this platform would run of these, else what is of unknown platform, which may be any.
  package func nearest<T>(of items: [T], _ platform: (T) -> Platform?) -> T? {
    let known = items.filter { platform($0) != nil }
    return nearest(in: known.compactMap(platform)).first.map { known[$0] } ?? items.first { platform($0) == nil }
  }

  /// Whether an engine on this platform would run `candidate`.
  package func runs(_ candidate: Platform) -> Bool { distance(to: candidate) != nil }

  /// The name under which `entry` is watched where this platform is asked for: this one, and where it asks for any
  /// version, that of the entry.
  package func key(of entry: Platform) -> Platform {
    Platform(os: os, architecture: architecture, variant: variant, osVersion: osVersion ?? entry.osVersion)
  }

  /// How far `candidate` is from what is meant, first by its processor and then by its version; `nil` if it would not
  /// be run.
  private func distance(to candidate: Platform) -> Distance? {
    guard os == candidate.os,
      let processor = processors.firstIndex(of: Processor(candidate.architecture, candidate.variant)),
      let version = versionDistance(to: candidate.osVersion)
    else { return nil }
    return Distance(processor: processor, version: version)
  }

  private struct Distance: Comparable {
    let processor: Int
    let version: Int

    static func < (left: Distance, right: Distance) -> Bool {
      (left.processor, left.version) < (right.processor, right.version)
    }
  }

  // MARK: Processors

  private struct Processor: Equatable {
    let architecture: String
    let variant: String?

    init(_ architecture: String, _ variant: String?) {
      (self.architecture, self.variant) = (architecture, variant)
    }

    /// Normalised: `amd64/v1` has no variant.
    init(_ architecture: String, level: String) {
      let platform = Platform(os: "linux", architecture: architecture, variant: level)
      self.init(platform.architecture, platform.variant)
    }
  }

  /// What runs on this one's processor, the best first.
  private var processors: [Processor] {
    let own = [Processor(architecture, variant)]
    switch architecture {
    case "amd64":
      let levels = Self.number(variant ?? "v1").map { (1..<max($0, 1)).reversed() }
      return own + (levels ?? (1..<1).reversed()).map { Processor("amd64", level: "v\($0)") } + [Processor("386", nil)]
    case "arm":
      return own + Self.arm(below: Self.number(variant ?? ""))
    case "arm64":
      return own + Self.arm64(below: variant ?? "v8")
    default:
      return own
    }
  }

  private static func arm(below level: Int?) -> [Processor] {
    guard let level, level > 5 else { return [] }
    return (5..<level).reversed().map { Processor("arm", level: "v\($0)") }
  }

  /// Version 9.x is 8.(x+5) and more, and every arm64 runs 32-bit code of arm/v8 and below.
  private static func arm64(below variant: String) -> [Processor] {
    let parts = variant.split(separator: ".", maxSplits: 1)
    guard let major = parts.first.flatMap({ number(String($0)) }), (8...9).contains(major),
      let minor = parts.count == 2 ? number("v" + parts[1]) : 0
    else { return [] }
    func levels(_ major: Int, _ minors: Range<Int>) -> [Processor] {
      minors.reversed().map { Processor("arm64", level: $0 == 0 ? "v\(major)" : "v\(major).\($0)") }
    }
    let own = levels(major, 0..<minor)
    return own + (major == 9 ? levels(8, 0..<minor + 6) : []) + arm(below: 9)
  }

  /// Of `v7`; `nil` for what is no small number, as which nothing is comparable.
  private static func number(_ level: String) -> Int? {
    guard level.first == "v", (2...3).contains(level.utf8.count) else { return nil }
    return UInt8(level.dropFirst()).map(Int.init)
  }

  // MARK: Versions

  /// The builds of Windows from which on a host runs containers of the long-term release before it.
  private static let stableBuilds = [20_348, 26_100]

  /// 0 is what was asked for.
  private func versionDistance(to candidate: String?) -> Int? {
    guard let osVersion, osVersion != candidate else { return 0 }
    guard os == "windows" else { return nil }
    guard let candidate else { return .max }
    guard let host = WindowsVersion(osVersion), let image = WindowsVersion(candidate), host.name == image.name,
      let first = Self.stableBuilds.first, host.build >= first
    else { return nil }
    let oldest = Self.stableBuilds.last { $0 < host.build } ?? first
    return (oldest...host.build).contains(image.build) ? host.build - image.build : nil
  }

  private struct WindowsVersion {
    /// `10.0`.
    let name: String
    let build: Int

    init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 3, let build = UInt16(parts[2]) else { return nil }
      name = parts[0] + "." + parts[1]
      self.build = Int(build)
    }
  }
}
