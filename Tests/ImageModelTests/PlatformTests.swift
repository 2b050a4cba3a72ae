import ImageModel
import Testing

@Suite struct PlatformTests {
  /// containerd/platforms `database.go`.
  @Test(arguments: [
    ("linux", "i386", "", "linux/386"), ("linux", "i386", "v7", "linux/386"), ("linux", "386", "", "linux/386"),
    ("linux", "x86_64", "", "linux/amd64"), ("linux", "x86-64", "", "linux/amd64"),
    ("linux", "amd64", "", "linux/amd64"), ("linux", "amd64", "v1", "linux/amd64"),
    ("linux", "amd64", "v2", "linux/amd64/v2"), ("linux", "x86_64", "v3", "linux/amd64/v3"),
    ("linux", "aarch64", "", "linux/arm64"), ("linux", "arm64", "", "linux/arm64"),
    ("linux", "arm64", "8", "linux/arm64"), ("linux", "arm64", "v8", "linux/arm64"),
    ("linux", "arm64", "v8.0", "linux/arm64"), ("linux", "arm64", "v8.1", "linux/arm64/v8.1"),
    ("linux", "arm64", "9", "linux/arm64/v9"), ("linux", "arm64", "9.0", "linux/arm64/v9"),
    ("linux", "aarch64", "v9.0", "linux/arm64/v9"), ("linux", "arm64", "v9.2", "linux/arm64/v9.2"),
    ("linux", "armhf", "", "linux/arm/v7"), ("linux", "armhf", "v6", "linux/arm/v7"),
    ("linux", "armel", "", "linux/arm/v6"), ("linux", "armel", "v7", "linux/arm/v6"),
    ("linux", "arm", "", "linux/arm/v7"), ("linux", "arm", "7", "linux/arm/v7"), ("linux", "arm", "v7", "linux/arm/v7"),
    ("linux", "arm", "5", "linux/arm/v5"), ("linux", "arm", "6", "linux/arm/v6"), ("linux", "arm", "8", "linux/arm/v8"),
    ("linux", "arm", "v5", "linux/arm/v5"), ("linux", "s390x", "", "linux/s390x"),
    ("linux", "ppc64le", "power9", "linux/ppc64le/power9"), ("linux", "riscv64", "", "linux/riscv64"),
    ("Linux", "X86_64", "V2", "linux/amd64/v2"), ("macOS", "arm64", "", "darwin/arm64"),
    ("macos", "x86_64", "", "darwin/amd64"), ("", "amd64", "", "linux/amd64"), ("LINUX", "ARM", "V6", "linux/arm/v6"),
    ("unknown", "unknown", "", "unknown/unknown"),
  ])
  func normalises(os: String, architecture: String, variant: String, expected: String) {
    let platform = Platform(os: os, architecture: architecture, variant: variant)
    #expect(platform.description == expected)
    #expect(Platform(platform.description) == platform)
  }

  @Test func absentVariantIsAnEmptyOne() {
    #expect(Platform(os: "linux", architecture: "arm") == Platform(os: "linux", architecture: "arm", variant: ""))
  }

  /// containerd/platforms `platforms_test.go`, with an operating system in front where it takes the host's.
  @Test(arguments: [
    ("linux/Aarch64", "linux/arm64"), ("linux/x86_64", "linux/amd64"), ("Linux/x86_64", "linux/amd64"),
    ("linux/i386", "linux/386"), ("linux/armel", "linux/arm/v6"), ("linux/armhf", "linux/arm/v7"),
    ("linux/arm64/v8", "linux/arm64"), ("macOS/arm64", "darwin/arm64"), ("macOS/aarch64", "darwin/arm64"),
    ("windows(10.0.17763)/amd64", "windows/amd64:10.0.17763"), ("linux/arm/7", "linux/arm/v7"),
    ("windows/amd64:10.0.20348", "windows/amd64:10.0.20348"), ("linux/amd64/v2", "linux/amd64/v2"),
    ("windows(10.0.20348.2227)/amd64", "windows/amd64:10.0.20348"), ("freebsd/amd64", "freebsd/amd64"),
  ])
  func parses(text: String, expected: String) {
    #expect(Platform(text)?.description == expected)
  }

  /// `linux/arm64/v8` prints without its variant (containerd keeps it in print) and is the same platform.
  @Test func equalSpecifiers() {
    #expect(Platform("linux/arm64/v8") == Platform("linux/aarch64"))
    #expect(Platform("linux/amd64/v1") == Platform("linux/amd64"))
    #expect(Platform("linux/arm") == Platform("linux/arm/v7"))
    #expect(Platform("linux/arm/v6") != Platform("linux/arm/v7"))
    #expect(Platform("linux/amd64") != Platform("linux/386"))
  }

  /// The errors of containerd's test, and what containerd completes from its host: a watcher's list means the
  /// same on every host, so `amd64` and `linux` alone are refused.
  @Test(arguments: [
    "", "/linux/arm", "linux/arm/", "linux /arm", "linux/&arm", "linux/arm/foo/bar", "amd64", "linux", "Aarch64",
    "windows(10.0.17763)", "*", "linux/*", "linux//amd64", "linux/amd64:", "linux/amd64:a b", "linux/amd64\n",
    "linux/amd64,linux/arm64", "windows/amd64(10.0)", "win(10)dows/amd64", "windows()/amd64", "windows)10(/amd64",
    "windows(10.0/amd64", "windows(10.0)/amd64:10.0", "linux/amd64:1:2", "лinux/amd64", "linux/am\u{301}d64",
    "linux/amd64:...", "linux/-", "a/" + String(repeating: "b", count: 65),
  ])
  func refuses(text: String) {
    #expect(Platform(text) == nil)
  }

  /// The fourth part is a monthly patch level: it must not make a new platform each month.
  @Test(arguments: [
    ("10.0.20348.2227", "10.0.20348"), ("10.0.20348", "10.0.20348"), ("10.0", "10.0"), ("", nil), ("...", nil),
    ("10.0.1 or so", nil),
  ])
  func windowsVersion(text: String, expected: String?) {
    #expect(Platform(os: "windows", architecture: "amd64", osVersion: text).osVersion == expected)
  }

  @Test func matchesAnyVersionUnlessOneIsAskedFor() throws {
    let newer = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348.2227")
    #expect(try #require(Platform("windows/amd64")).matches(newer))
    #expect(try #require(Platform("windows/amd64:10.0.20348")).matches(newer))
    #expect(try !#require(Platform("windows/amd64:10.0.17763")).matches(newer))
    #expect(try !newer.matches(#require(Platform("windows/amd64"))))
  }

  /// Strict: what an engine would run in place of the wanted platform is not that platform.
  @Test(arguments: [
    ("linux/amd64", "linux/386"), ("linux/arm/v7", "linux/arm/v6"), ("linux/amd64/v2", "linux/amd64"),
    ("linux/arm64", "linux/arm/v8"), ("linux/amd64", "windows/amd64"), ("linux/amd64", "unknown/unknown"),
  ])
  func neverFallsBack(wanted: String, candidate: String) throws {
    #expect(try !#require(Platform(wanted)).matches(#require(Platform(candidate))))
  }

  @Test func unknownPlatforms() {
    #expect(Platform(os: "unknown", architecture: "unknown").isUnknown)
    #expect(Platform(os: "unknown", architecture: "amd64").isUnknown)
    #expect(!Platform(os: "linux", architecture: "amd64").isUnknown)
  }

  /// Fields of an index are a registry's text; whatever they hold, the value prints and reads back.
  @Test(arguments: [
    ("linux", ""), ("linux", "amd64,evil"), ("lin/ux", "amd64"), ("linux", "a:b"), ("linux", "\u{1b}[2J"),
    ("linux", "am d64"), ("línux", "amd64"), ("linux", String(repeating: "x", count: 100_000)), ("-", "."),
  ])
  func foreignFields(os: String, architecture: String) {
    let platform = Platform(os: os, architecture: architecture, variant: "v 1", osVersion: "1/2")
    #expect(platform.isUnknown)
    #expect(platform.variant == nil)
    #expect(platform.osVersion == nil)
    #expect(Platform(platform.description) == platform)
  }
}
