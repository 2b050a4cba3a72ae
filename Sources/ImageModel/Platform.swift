/// An operating system and processor, normalised as containerd does, so that equal platforms are equal
/// values: `linux/arm64/v8` is `linux/arm64`, `linux/x86_64` is `linux/amd64`, `linux/arm` is `linux/arm/v7`.
///
/// Source: containerd/platforms `database.go`, `platforms.go`.
package struct Platform: Hashable, Sendable, CustomStringConvertible {
  package let os: String
  package let architecture: String
  /// `nil` where the architecture has no variant.
  package let variant: String?
  /// For Windows the first three parts of the version, `10.0.20348`: the fourth is a monthly patch level and
  /// would make every patch a new platform.
  package let osVersion: String?

  /// A platform from the fields of a descriptor or a config. An empty `os` counts as `linux`. Fields come
  /// from a registry: an `os` or `architecture` that no platform can have becomes `unknown`, such a `variant`
  /// or `osVersion` counts as absent, so that every value prints in a form that `init(_:)` reads.
  package init(os: String, architecture: String, variant: String? = nil, osVersion: String? = nil) {
    let os = os.isEmpty ? "linux" : Self.component(os) ?? "unknown"
    self.os = os == "macos" ? "darwin" : os
    let normalised = Self.normalise(
      Self.component(architecture) ?? "unknown", variant.flatMap { Self.component($0) } ?? "")
    self.architecture = normalised.architecture
    self.variant = normalised.variant.isEmpty ? nil : normalised.variant
    let version = osVersion.flatMap { Self.component($0) } ?? ""
    // What is cut off may have been all that made it one.
    self.osVersion = Self.component(version.split(separator: ".").prefix(3).joined(separator: "."))
  }

  /// Parses `os/arch[/variant][:osversion]`, the form in which platforms print, and containerd's
  /// `os(osversion)/arch`. Returns `nil` for anything else.
  package init?(_ text: String) {
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    var parts = halves[0].split(separator: "/", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count) else { return nil }
    var version = halves.count == 2 ? halves[1] : nil
    if version == nil, let open = parts[0].firstIndex(of: "("), parts[0].last == ")" {
      version = parts[0][open...].dropFirst().dropLast()
      parts[0] = parts[0][..<open]
    }
    guard (parts + [version ?? "0"]).allSatisfy({ Self.component($0) != nil }) else { return nil }
    self.init(
      os: String(parts[0]), architecture: String(parts[1]), variant: parts.count == 3 ? String(parts[2]) : nil,
      osVersion: version.map(String.init))
  }

  /// `linux/arm/v7`, `windows/amd64:10.0.20348`.
  package var description: String {
    "\(os)/\(architecture)" + (variant.map { "/\($0)" } ?? "") + (osVersion.map { ":\($0)" } ?? "")
  }

  /// BuildKit marks attestations and other children that nobody can run with `unknown/unknown`.
  package var isUnknown: Bool { os == "unknown" || architecture == "unknown" }

  /// Whether a user who asked for `self` means `candidate`: equal, and where no OS version was asked for,
  /// any version.
  package func matches(_ candidate: Platform) -> Bool {
    os == candidate.os && architecture == candidate.architecture && variant == candidate.variant
      && (osVersion == nil || osVersion == candidate.osVersion)
  }

  /// The text in lower case if it fits `[A-Za-z0-9_.-]+` and holds a letter or digit.
  private static func component(_ text: some StringProtocol) -> String? {
    let bytes = text.utf8
    guard bytes.count <= Limits.platformComponentBytes, bytes.contains(where: isAlphanumeric),
      bytes.allSatisfy({ isAlphanumeric($0) || "_.-".utf8.contains($0) })
    else { return nil }
    return text.lowercased()
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default: false
    }
  }

  private static func normalise(
    _ architecture: String, _ variant: String
  ) -> (architecture: String, variant: String) {
    switch architecture {
    case "i386": ("386", "")
    case "x86_64", "x86-64", "amd64": ("amd64", variant == "v1" ? "" : variant)
    case "aarch64", "arm64":
      switch variant {
      case "8", "v8", "v8.0": ("arm64", "")
      case "9", "9.0", "v9.0": ("arm64", "v9")
      default: ("arm64", variant)
      }
    case "armhf": ("arm", "v7")
    case "armel": ("arm", "v6")
    case "arm":
      switch variant {
      case "", "7": ("arm", "v7")
      case "5", "6", "8": ("arm", "v" + variant)
      default: ("arm", variant)
      }
    default: (architecture, variant)
    }
  }
}

/// Which platforms of a tag are watched.
package enum PlatformSelection: Hashable, Sendable {
  /// `["*"]`: every real platform of the index.
  case all
  /// In the order of the configuration, without repetition.
  case only([Platform])
  /// The same, and what an engine on one of them would run stands in for it, under its name.
  case compatible([Platform])

  /// Those that are named.
  package var named: [Platform] {
    switch self {
    case .all: []
    case .only(let wanted), .compatible(let wanted): wanted
    }
  }

  package var takesStandIns: Bool {
    if case .compatible = self { true } else { false }
  }

  /// Whether what is recorded under this name is watched.
  package func contains(_ platform: Platform) -> Bool {
    self == .all || named.contains { $0.matches(platform) }
  }

  /// Whether an entry of an index may be watched, under whatever name.
  package func admits(_ listed: Platform) -> Bool {
    guard case .compatible(let wanted) = self else { return contains(listed) }
    return wanted.contains { $0.runs(listed) }
  }

  /// The named platforms that none of `present` answers for.
  package func missing(from present: some Collection<Platform>) -> [Platform] {
    named.filter { want in !present.contains { want.matches($0) } }
  }

  private static let compatibleMark = "compatible:"

  /// A stable text, `*`, `linux/amd64,linux/arm64` or that after `compatible:`, from which `init(stored:)` makes
  /// the same value.
  package var stored: String {
    let names = named.map(\.description).joined(separator: ",")
    return switch self {
    case .all: "*"
    case .only: names
    case .compatible: Self.compatibleMark + names
    }
  }

  package init?(stored: String) {
    if stored == "*" {
      self = .all
      return
    }
    let isCompatible = stored.hasPrefix(Self.compatibleMark)
    let names = isCompatible ? stored.dropFirst(Self.compatibleMark.count) : stored[...]
    let platforms = names.split(separator: ",", omittingEmptySubsequences: false).map { Platform(String($0)) }
    guard !platforms.isEmpty, !platforms.contains(nil) else { return nil }
    let wanted = platforms.compactMap { $0 }
    self = isCompatible ? .compatible(wanted) : .only(wanted)
  }
}
