import ImageModel
import Testing

@Suite struct PlatformSelectionTests {
  private let amd64 = Platform(os: "linux", architecture: "amd64")
  private let arm64 = Platform(os: "linux", architecture: "arm64", variant: "v8")
  private let armv7 = Platform(os: "linux", architecture: "arm")
  private let windows = Platform(os: "windows", architecture: "amd64", osVersion: "10.0.20348.1")

  @Test func storedFormRoundTrips() {
    for selection in [
      PlatformSelection.all, .only([amd64]), .only([arm64, amd64, armv7]), .only([windows, amd64]),
    ] {
      #expect(PlatformSelection(stored: selection.stored) == selection)
    }
    #expect(PlatformSelection.all.stored == "*")
    #expect(PlatformSelection.only([arm64, windows]).stored == "linux/arm64,windows/amd64:10.0.20348")
  }

  @Test(arguments: ["", ",", "linux", "linux/amd64,", "*,linux/amd64", "linux/amd64;linux/arm64", "linux/amd64, x"])
  func refusesOtherTexts(stored: String) {
    #expect(PlatformSelection(stored: stored) == nil)
  }

  @Test func contains() {
    #expect(PlatformSelection.all.contains(armv7))
    #expect(PlatformSelection.only([amd64]).contains(amd64))
    #expect(!PlatformSelection.only([amd64]).contains(arm64))
    #expect(PlatformSelection.only([Platform(os: "windows", architecture: "amd64")]).contains(windows))
  }

  @Test func missing() {
    #expect(PlatformSelection.all.missing(from: []) == [])
    #expect(PlatformSelection.only([arm64, amd64]).missing(from: []) == [arm64, amd64])
    #expect(PlatformSelection.only([arm64, amd64]).missing(from: [amd64, armv7]) == [arm64])
    #expect(PlatformSelection.only([arm64, amd64]).missing(from: [amd64, arm64]) == [])
    #expect(PlatformSelection.only([Platform(os: "windows", architecture: "amd64")]).missing(from: [windows]) == [])
  }
}
