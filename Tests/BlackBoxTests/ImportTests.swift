import Foundation
import Glibc
import TestSupport
import Testing

/// `import`, as it is run: what it prints where, from files, pipes and standard input, and what it ends with.
@Suite struct ImportTests {
  private let scene: Scene

  init() throws {
    scene = try Scene(watch: ["amazonlinux"])
    try scene.put([
      "compose.yaml": """
      services:
        web:
          image: ghcr.io/example/web:${VERSION:-stable}
        cache:
          extends: {file: base.yaml, service: cache}
        worker:
          build: .
      """,
      "base.yaml": "services: {cache: {image: redis}}",
      ".env": "VERSION=v3\n",
      "Dockerfile": "FROM debian:12\nFROM debian@sha256:\(String(repeating: "a", count: 64))\n",
      "broken.yaml": "services: [\n",
    ])
  }

  /// With what a shell does to standard input and arguments.
  private func shell(_ script: String) throws -> WatcherBinary.Outcome {
    let out = "\(scene.directory)/out.\(UUID().uuidString)"
    let err = out + ".err"
    let status = try Child(
      "bash", ["-c", script, WatcherBinary.path],
      environment: ["PATH": "/usr/bin:/bin", "HOME": scene.directory, "LANG": "C.UTF-8", "VERSION": "shell"],
      directory: scene.directory, stdout: out, stderr: err
    ).finish(within: 30)
    return .init(status: status, stdout: WatcherBinary.text(out), stderr: WatcherBinary.text(err))
  }

  @Test func whatIsFoundIsPrintedAndTheRestIsTold() throws {
    let found = try shell("$0 import compose compose.yaml")
    #expect(found.status == 0, "\(found.stderr)")
    #expect(found.stdout == "{\n  \"watch\": [\n    \"ghcr.io/example/web:v3\",\n    \"redis:latest\"\n  ]\n}\n")
    #expect(
      found.stderr == "compose.yaml:6: left out: worker (it is built here, and its image has no name)\n")
    let document = try shell("$0 import compose compose.yaml --json")
    #expect(document.stderr.isEmpty && document.stdout.split(separator: "\n").count == 1)
    #expect(try object(document.stdout)["watch"] as? [String] == ["ghcr.io/example/web:v3", "redis:latest"])
    let skipped = try #require(try object(document.stdout)["skipped"] as? [[String: Any]])
    #expect(skipped.count == 1 && skipped[0]["what"] as? String == "worker" && skipped[0]["line"] as? Int == 6)
    #expect(skipped[0]["file"] as? String == "compose.yaml" && skipped[0]["why"] is String)
    // From anywhere it is the same.
    let elsewhere = try shell("cd / && $0 import compose \"$HOME/compose.yaml\" --json")
    #expect(try object(elsewhere.stdout)["watch"] as? [String] == ["ghcr.io/example/web:v3", "redis:latest"])
  }

  @Test(arguments: [
    "$0 import dockerfile Dockerfile", "$0 import dockerfile <Dockerfile", "$0 import dockerfile - <Dockerfile",
    "cat Dockerfile | $0 import dockerfile", "$0 import dockerfile <(cat Dockerfile)",
    "$0 import dockerfile Dockerfile Dockerfile - <Dockerfile",
  ])
  func itComesFromAnywhere(script: String) throws {
    let found = try shell(script)
    #expect(found.status == 0 && found.stdout == "{\n  \"watch\": [\n    \"debian:12\"\n  ]\n}\n", "\(found.stdout)")
    #expect(found.stderr.contains(":2: left out: debian@sha256:aaaa"), "\(found.stderr)")
  }

  @Test(arguments: ["$0 import dockerfile pipe", "$0 import dockerfile <pipe", "cat pipe | $0 import dockerfile"])
  func aPipeIsWaitedFor(script: String) throws {
    let (pipe, out) = ("\(scene.directory)/pipe", "\(scene.directory)/waited")
    try #require(mkfifo(pipe, 0o600) == 0)
    let child = try Child("bash", ["-c", script, WatcherBinary.path], directory: scene.directory, stdout: out)
    // There is nobody to write to before it has been opened for reading.
    var end: Int32 = -1
    #expect(
      eventually {
        end = open(pipe, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        return end >= 0
      })
    #expect(child.isRunning && write(end, "FROM debian:12\n", 15) == 15)
    close(end)
    #expect(try child.finish(within: 30) == 0)
    #expect(WatcherBinary.text(out) == "{\n  \"watch\": [\n    \"debian:12\"\n  ]\n}\n")
  }

  /// What runs is asked for by its tags.
  @Test func nothingThatRunsIsSaid() throws {
    let nothing = try shell("echo '[]' | $0 import engine -")
    #expect(nothing.status == 0 && nothing.stdout == "{\n  \"watch\": []\n}\n")
    #expect(nothing.stderr.hasPrefix("watcher: warning: no container runs (standard input): "), "\(nothing.stderr)")
  }

  /// Standard input is beside no file.
  @Test func standardInputHasNoNeighbours() throws {
    let found = try shell("$0 import compose <compose.yaml")
    #expect(found.stdout.contains("\"ghcr.io/example/web:stable\"") && !found.stdout.contains("redis"))
    #expect(found.stderr.contains("standard input:4: left out: cache (there is no file base.yaml)"), "\(found.stderr)")
  }

  @Test func aConfigurationGetsWhatItLacks() throws {
    let before = "{\n  \"//\": \"as I like it\",\n  \"watch\": [\n\t\"redis\"\n  ],\"log\" : { }}"
    try scene.put(["mine.json": before])
    let merged = try shell("$0 import compose compose.yaml --merge mine.json")
    #expect(merged.status == 0)
    #expect(merged.stdout == before.replacing("\"redis\"", with: "\"redis\",\n\t\"ghcr.io/example/web:v3\""))
    #expect(WatcherBinary.text(scene.directory + "/mine.json") == before)
    try scene.put(["merged.json": merged.stdout])
    let checked = try shell("$0 config check merged.json --database db")
    #expect(checked.status == 0 && checked.stdout.contains("valid: 2 tags"), "\(checked.stderr)")
  }

  /// The second one names nothing that was not known, which is not nothing.
  @Test func aFileOfKnownImagesIsNoEmptyOne() throws {
    try scene.put(["again": "FROM debian:12\n"])
    let found = try shell("$0 import dockerfile again again")
    #expect(found.status == 0 && found.stderr.isEmpty && found.stdout.contains("debian:12"), "\(found)")
  }

  @Test func nothingAtAllIsSaid() throws {
    let nothing = try shell("echo 'a: b' | $0 import kubernetes")
    #expect(nothing.status == 0 && nothing.stdout == "{\n  \"watch\": []\n}\n")
    #expect(
      nothing.stderr
        == "watcher: warning: no image is named (standard input): see whether this is what is meant\n")
  }

  @Test func noTerminalObeysIt() throws {
    let file = ProjectFile.path("Tests/ImportsTests/fixtures/compose/terminal.yml")
    for options in ["", " --json"] {
      let found = try shell("$0 import compose '\(file)'\(options)")
      #expect(found.status == 0)
      for scalar in (found.stdout + found.stderr).unicodeScalars where scalar != "\n" {
        #expect(![.control, .format].contains(scalar.properties.generalCategory), "\(scalar.value)")
      }
    }
    let name = try shell("touch $'a\\e[2Jb' && $0 import compose $'a\\e[2Jb'; $0 import compose $'no\\e[2Jne'")
    #expect(name.status == 66 && !name.stderr.contains("\u{1b}"), "\(name.stderr.debugDescription)")
  }

  @Test func whatCannotBeReadIsTold() throws {
    try scene.put(["none.json": "{", "no-list.json": #"{"watch": 1}"#])
    try Data(count: 16 << 20 + 1).write(to: URL(fileURLWithPath: scene.directory + "/long"))
    let mistakes: [Mistake] = [
      .init(
        "a kind that is none", "import helm compose.yaml", 64, "'helm' is invalid for '<kind>'", ": it is one of diun,"),
      .init("no kind", "import", 64, "missing expected argument '<kind>' (watcher import)"),
      .init(
        "a file that is not there", "import compose none.yaml", 66, "none.yaml (No such file", "name a file that is"),
      .init("one below a file", "import compose config.json/x", 66, "(Not a directory)"),
      .init("a directory", "import compose .", 64, "cannot read . (Is a directory): name another file"),
      .init("one that is too long", "import compose long", 64, "(it is longer than 16777216 bytes): name another file"),
      .init("no YAML", "import compose broken.yaml", 64, "it is not YAML: did not find", "(broken.yaml:2): correct it"),
      .init(
        "another kind's", "import workflow compose.yaml", 64, "neither jobs nor runs (compose.yaml): name a workflow"),
      .init("a good one and none", "import dockerfile Dockerfile none", 66, "cannot read none"),
      .init("no configuration", "import dockerfile Dockerfile --merge no.json", 78, "name a file that is there"),
      .init(
        "a broken one", "import dockerfile Dockerfile --merge none.json", 78, "none.json:1:2: error: ", "1 problem"),
      .init("another mistake", "import dockerfile Dockerfile --merge no-list.json", 78, "must be a list"),
      .init("an engine for files", "import compose --engine /run/docker.sock", 64, "are for the kind engine alone"),
      .init("an engine and a file", "import engine --engine /run/docker.sock pods", 64, "files exclude each other"),
      .init("an engine and another file", "import engine --engine /s --from pods", 64, "exclude each other"),
      .init("no engine", "import engine --engine none.sock", 69, "there is no container engine (none.sock)"),
      .init("no containers", "import engine compose.yaml", 64, "it is not understood: not JSON at byte 0", "kubectl"),
      .init("two forms", "import dockerfile Dockerfile --json --merge config.json", 64, "exclude each other"),
    ]
    for mistake in mistakes { try mistake.make(in: scene) }
  }

  @Test(.enabled(if: geteuid() == 0, "becoming another user needs root"))
  func whatMayNotBeReadIsTold() throws {
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    #expect(chmod(scene.directory, 0o755) == 0 && chmod(scene.directory + "/compose.yaml", 0o600) == 0)
    try Mistake("a file of root", "import compose compose.yaml", 77, "(Permission denied): run as root").make(
      in: scene, runner: nobody)
    #expect(chmod(scene.directory + "/compose.yaml", 0o644) == 0 && chmod(scene.directory + "/.env", 0o600) == 0)
    try Mistake(
      "its variables", "import compose compose.yaml", 0, "left out: .env (it cannot be read (Permission denied)",
      "\"ghcr.io/example/web:stable\""
    ).make(in: scene, runner: nobody)
  }
}
