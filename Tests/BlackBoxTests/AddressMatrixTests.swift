import Foundation
import StrictJSON
import TestSupport
import Testing

/// Where registries and configurations may lead the watcher, with a trap at every address that no request may go to.
/// The traps exist in a network namespace that is made for it and ends with it.
@Suite struct AddressMatrixTests {
  /// `nil` where a namespace can be made.
  private static let obstacle: String? = {
    let directory = FileManager.default.temporaryDirectory.path
    let file = "\(directory)/watcher-namespace.\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: file) }
    let script = """
      ip link set lo up && ip address add fd00::1/128 dev lo && \
      mount --make-rprivate / && mount --bind /etc/hosts /etc/hosts
      """
    let child = try? Child(
      "unshare", ["--net", "--mount", "sh", "-c", script], environment: ["PATH": path], stdout: file, stderr: file)
    guard let child else { return "unshare is not there" }
    guard let status = try? child.finish(), status != 0 else { return nil }
    return WatcherBinary.text(file).split(separator: "\n").first.map(String.init) ?? "it ended with \(status)"
  }()
  private static let path = "/usr/sbin:/usr/bin:/sbin:/bin"
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "Namespace/matrix.py").path

  /// What each kind of case must end with.
  private static let codes = [
    "redirect": "redirect_refused", "hop": "redirect_refused", "realm": "realm_refused", "trusted": "realm_refused",
    "ownrealm": "realm_refused", "direct": "address_refused", "sink": "failed", "proxy": "failed", "open": "not_found",
    "open sink": "",
  ]

  @Test(
    .timeLimit(.minutes(5)),
    .enabled(
      if: obstacle == nil, "no network namespace can be made here (\(obstacle ?? "")); it takes root and iproute2"))
  func nothingLeadsToALinkLocalOrMetadataAddress() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "watcher-matrix.\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let child = try Child(
      "unshare", ["--net", "--mount", "python3", Self.script, WatcherBinary.path, directory],
      environment: ["PATH": Self.path], stdout: "\(directory)/out", stderr: "\(directory)/err")
    try #require(child.finish(within: 240) == 0, "\(WatcherBinary.text("\(directory)/err"))")
    let limits = JSONLimits(depth: 8, bytes: 16 << 20, values: 1_000_000)
    let report = try StrictJSON.parse(Array(WatcherBinary.text("\(directory)/out").utf8), limits: limits)
    func texts(_ key: String) -> [String] { (report[key]?.array ?? []).compactMap(\.string) }

    // The traps were seen to work, and then nobody came.
    #expect(texts("traps").count > 15 && Set(texts("caught")) == Set(texts("traps")))
    #expect(texts("trapped") == [])
    let results = report["results"]?.array ?? []
    for result in results {
      let (kind, code) = (result["kind"]?.string ?? "", result["code"]?.string)
      let story = "\(result["case"]?.string ?? ""): \(code ?? "") \(result["message"]?.string ?? "")"
      #expect(code != nil && code == Self.codes[kind], "\(story)")
      if ["direct", "sink", "proxy"].contains(kind) {
        #expect(result["message"]?.string?.contains("a link-local or metadata address") == true, "\(story)")
      }
    }
    // Everything else is reached: from loopback another port of it, private and public networks.
    let kinds = Set(results.compactMap { $0["kind"]?.string })
    #expect(kinds == Set(Self.codes.keys))
    for place in ["127.0.0.1 /v2/there", "8.8.4.4 /v2/there", "10.9.8.7 /v2/there", "10.9.8.7 /hook"] {
      #expect(texts("served").contains(place), "\(place)")
    }
  }
}
