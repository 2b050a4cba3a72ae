import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// The pages in Debian's Chromium (`Tests/fixtures/browser.py`): what a person sees, does and would stumble over.
/// WATCHER_SCREENS names a folder for pictures of them.
@Suite(.timeLimit(.minutes(5))) struct BrowserTests {
  private static let python = ProcessInfo.processInfo.environment["WATCHER_RECEIVER_PYTHON"]
  private static let isThere = python != nil && access("/usr/bin/chromium", X_OK) == 0
  private static let wanted: Comment =
    "WATCHER_RECEIVER_PYTHON does not name a Python, or there is no chromium (scripts/test sees to both)"

  /// What would do something where it is taken for markup, script or an address.
  private static let hostile = [
    "<script>ran()</script>", "\"><img src=x onerror=ran()>", "'><svg onload=ran()>", "' onmouseover='ran()' x='",
    "</title><script>ran()</script>", "</textarea><iframe srcdoc='<script>parent.ran()</script>'>", "javascript:ran()",
    "<style>*{display:none}</style>", "&lt;script&gt;ran()&lt;/script&gt;", "<!--<script>ran()//--></script>",
    "]]><script>ran()</script>", "{{constructor.constructor('ran()')()}}", "${ran()}", "`;ran()//", "\\\";ran()//",
    "<a href=\"javascript:ran()\">x</a>", "<base href=//example.org>", "<meta http-equiv=refresh content=0>",
    "\u{202e}<script>ran()</script>", "<scr\u{0}ipt>ran()</scr\u{0}ipt>", "<math><mtext></p><script>ran()</script>",
  ]

  private func browse(_ scene: Scene, _ options: [String: Any], whenAsked move: () throws -> Void = {}) throws -> String
  {
    let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
    let output = scene.directory + "/browser"
    let child = try Child(
      try #require(Self.python), [ProjectFile.path("Tests/fixtures/browser.py"), json], stdout: output, stderr: output)
    if options["corpus"] == nil {
      let asks = eventually(within: 120) { WatcherBinary.text(output).contains("move\n") || !child.isRunning }
      if asks, child.isRunning { try move() }
    }
    let status = try child.finish(within: 150)
    let said = WatcherBinary.text(output)
    #expect(status == 0, "\(said)")
    return said
  }

  private func serve(_ scene: Scene) throws -> (origin: String, daemon: Child) {
    let port = try scene.listen()
    let daemon = try scene.daemon()
    try #require(
      eventually { (try? TCPClient.get("/-/ready", port: port))?.hasPrefix("HTTP/1.1 200 ") == true },
      "\(WatcherBinary.text(scene.stderr))")
    return ("http://127.0.0.1:\(port)", daemon)
  }

  /// A real registry, a few tags with a past, and one that is moved while somebody looks at it.
  @Test(
    .enabled(if: isThere && DockerRegistry.program != nil, wanted))
  func aTagThatMovesIsSeen() throws {
    let registry = try DockerRegistry()
    let names = ["app", "cache", "proxy", "web"]
    let tags = names.map { "\(registry.authority)/team/\($0):stable" }
    let scene = try Scene(watch: tags + ["\(registry.authority)/team/gone:1"], interval: "1h")
    func push(_ name: String, _ image: FakeRegistryImage) throws {
      try registry.push(image, to: "team/\(name)", tag: "stable")
    }
    func check() throws { _ = try scene.run(["check", "--config", scene.config]) }
    for name in names { try push(name, FakeRegistryImage("\(name) 1")) }
    try check()
    for name in names.prefix(2) { try push(name, FakeRegistryImage("\(name) 2")) }
    try check()
    try push("app", FakeRegistryImage("app 2").rebuilt())
    try check()
    try push("app", FakeRegistryImage("app 1"))
    try check()
    let (origin, daemon) = try serve(scene)
    defer { daemon.terminate() }
    var options: [String: Any] = ["origin": origin, "tag": "/tags/\(tags[0])", "name": tags[0]]
    if let folder = ProcessInfo.processInfo.environment["WATCHER_SCREENS"] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      options["screens"] = folder
    }
    _ = try browse(scene, options) {
      try push("app", FakeRegistryImage("app 3"))
      try check()
    }
  }

  /// Whatever an image, a registry or a visitor says: nothing of it runs, and the policy of the page has nothing to
  /// forbid.
  @Test(.enabled(if: isThere, wanted)) func nothingThatOthersSayRuns() throws {
    let (registry, image, scene) = try Scene.ofOneTag(interval: "1h", isPushed: false)
    defer { registry.stop() }
    for state in ["first", "second"] {
      let config = FakeRegistryImage.document(.ociConfig, Self.config(state))
      let manifest = FakeRegistryImage.document(
        .ociManifest,
        [
          "schemaVersion": 2, "mediaType": .text(MediaType.ociManifest),
          "config": FakeRegistryImage.descriptor(config), "layers": .array([]),
        ])
      registry.put(blob: config, in: "app")
      registry.put(manifest: manifest, in: "app", tag: "stable")
      #expect(try scene.run(["check", "--config", scene.config]).status == 0)
    }
    let message = Self.hostile.joined(separator: " ")
    registry.setFault { request in
      let error = JSONOutput.members(["code": .string(message), "message": .string(message)])
      return request.path.hasPrefix("/v2/bad/")
        ? ScriptedResponse(500, body: JSONOutput.members(["errors": .array([error])]).bytes) : nil
    }
    try scene.configure(watch: [image, "\(registry.authority)/bad:1"], interval: "1h")
    _ = try scene.run(["check", "--config", scene.config])
    let (origin, daemon) = try serve(scene)
    defer { daemon.terminate() }
    let words = Self.hostile.map { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
    // Of these each has something of it.
    let whole = ["/", "/tags/\(image)?to=2", "/tags/\(registry.authority)/bad:1"]
    let pages =
      whole + ["/tags/\(image)", "/events"]
      + words.flatMap {
        ["/?q=\($0)", "/?state=\($0)", "/tags/\($0)", "/events?tag=\($0)", "/tags/\(image)?from=\($0)&to=\($0)"]
      }
    _ = try browse(scene, ["origin": origin, "corpus": pages, "whole": whole])
  }

  /// All that an image says of itself, with one of these in every place.
  private static func config(_ state: String) -> KeyValuePairs<String, JSONOutput> {
    func list(_ texts: [String]) -> JSONOutput { .array(texts.map { .string($0) }) }
    func keys(_ names: [String]) -> JSONOutput { .object(names.map { .init($0, .members([:])) }) }
    let each = hostile.enumerated().map { ("\($0.offset)", $0.element) }
    let labels = each.map { JSONOutput.Member("l\($0)\($1)", .string("\(state)\($1)")) }
    return [
      "architecture": .string(hostile[0]), "os": "linux", "os.version": .string(hostile[1]),
      "created": .string("2026-01-01T00:00:00Z"),
      "config": .members([
        "Env": list(each.map { "E\($0)\($1)=\(state)\($1)" }), "Entrypoint": list(hostile + [state]),
        "Cmd": list(hostile + [state]), "User": .string(hostile[2] + state), "WorkingDir": .string(hostile[3] + state),
        "ExposedPorts": keys(hostile + [state]), "Volumes": keys(hostile + [state]),
        "StopSignal": .string(hostile[4] + state),
        "Labels": .object(
          labels + [
            .init("org.opencontainers.image.source", .string("javascript:ran()//\(state)")),
            .init("org.opencontainers.image.revision", .string(hostile[5] + state)),
            .init("org.opencontainers.image.version", .string(hostile[6] + state)),
          ]),
      ]), "rootfs": .members(["type": "layers", "diff_ids": .array([])]),
    ]
  }
}
