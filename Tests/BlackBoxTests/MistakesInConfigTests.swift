import Foundation
import TestSupport
import Testing

/// What `config check` says to a file with one mistake in it.
@Suite struct MistakesInConfigTests {
  struct Slip: CustomTestStringConvertible {
    let what: String
    let text: String
    let status: Int32
    let words: [String]

    init(_ what: String, _ text: String, status: Int32 = 78, _ words: String...) {
      (self.what, self.text, self.status, self.words) = (what, text, status, words)
    }

    var testDescription: String { what }
  }

  @Test(arguments: names + silence + values + json + secrets + references + places) func isTold(_ slip: Slip) throws {
    let scene = try Scene(watch: [])
    try scene.put([
      "config.json": slip.text.replacing("DIR", with: scene.directory), "empty": "", "junk": "hunter2\n",
      "lines": "hunter2\nhunter2\n", "short": "whsec_hunter2!\n",
    ])
    let end = slip.status == 0 ? "DIR/config.json: valid: " : "watcher: error: "
    try Mistake(slip.what, "config check", slip.status, words: [end] + slip.words).make(in: scene)
  }

  @Test func aPortThatIsTaken() throws {
    let other = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { other.stop() }
    let scene = try Scene(watch: [])
    _ = try scene.listen(port: other.port)
    for (command, status) in [("config check", 78), ("run", 73)] as [(String, Int32)] {
      try Mistake("a port that is taken", command, status, "Address already in use): name a port that is free")
        .make(in: scene)
    }
  }

  @Test func aKeyOfAnotherCertificate() throws {
    let certificates = try Certificates()
    let scene = try Scene(watch: [])
    let registry = [
      "client_cert_file": try certificates.make(.client).certificate,
      "client_key_file": try certificates.make(.good).key,
    ]
    let document: [String: Any] = ["watch": ["ghcr.io/a/b"], "registries": ["ghcr.io": registry]]
    try JSONSerialization.data(withJSONObject: document).write(to: URL(filePath: scene.config))
    try Mistake(
      "a key of another certificate", "config check", 78, "\"client_key_file\"",
      "its key is not that of the certificate in"
    ).make(in: scene)
  }

  static let silence: [Slip] = [
    .init("an empty watchlist", #"{"watch": []}"#, status: 0, "1:11: warning: no tags are watched"),
    .init("none at all", "{}", status: 0, "config.json:1:1: warning: no tags are watched"),
    .init(
      "nobody by default",
      #"{"watch": ["a:1", "b:1", {"image": "c:1", "sinks": ["stdout"]}], "defaults": {"sinks": []}}"#,
      status: 0, "1:88: warning: a change of 2 tags is told nobody", "leave \"sinks\" out for all of them"),
    .init(
      "nobody for some", #"{"watch": [{"image": "a:1", "sinks": []}, "b:1", {"image": "c:1", "sinks": []}]}"#,
      status: 0, "1:38: warning: a change of 2 tags is told nobody, this one among them"),
    .init(
      "nobody for one", #"{"watch": [{"image": "a:1", "sinks": []}, "b:1"]}"#, status: 0,
      "1:38: warning: a change of this tag is told nobody"),
    .init(
      "no sinks", #"{"watch": ["a:1"], "sinks": {}}"#, status: 0,
      "1:29: warning: no sinks are named: events go to standard output"),
  ]

  static let names: [Slip] = [
    .init("a misspelt key", #"{"wacth": ["a:1"]}"#, #"1:2: error: unknown key "wacth""#, #"did you mean "watch"?"#),
    .init(
      "one in defaults", #"{"defaults": {"intervall": "5m"}, "watch": []}"#, "1:15: error: ", #"mean "interval"?"#),
    .init(
      "one in an entry", #"{"watch": [{"image": "a:1", "platform": ["linux/amd64"]}]}"#, "1:29: error: ",
      #"did you mean "platforms"?"#),
    .init(
      "one in a sink", #"{"sinks": {"o": {"type": "webhook", "ulr": "https://h.example/"}}}"#,
      #"the webhook sink "o" has no "url""#, #"did you mean "url"?"#),
    .init(
      "one in a registry", #"{"registries": {"ghcr.io": {"usrname": "u"}}}"#, #"did you mean "username"?"#),
    .init("one in http", #"{"http": {"lisen": "127.0.0.1:9470"}}"#, #"did you mean "listen"?"#),
    .init("one in retention", #"{"retention": {"delivery": "30d"}}"#, #"did you mean "deliveries"?"#),
    .init("a misspelt type", #"{"sinks": {"o": {"type": "webhok"}}}"#, #"did you mean "webhook"?"#),
    .init("a misspelt level", #"{"log": {"level": "wran"}}"#, "it is one of debug, info, warning, error"),
    .init(
      "a misspelt sink", #"{"watch": [{"image": "a", "sinks": ["opps"]}], "sinks": {"ops": {"type": "stdout"}}}"#,
      #"there is no sink "opps""#, #"did you mean "ops"?"#),
    .init(
      "a misspelt event", #"{"sinks": {"o": {"type": "stdout", "events": ["image.chnged"]}}}"#,
      #"did you mean "watcher.image.changed"?"#),
    .init(
      "a short event", #"{"sinks": {"o": {"type": "stdout", "events": ["changed"]}}}"#,
      #"did you mean "*.changed"?"#),
    .init(
      "an event without its beginning", #"{"sinks": {"o": {"type": "stdout", "events": ["tag.deleted"]}}}"#,
      #"did you mean "watcher.tag.deleted"?"#),
  ]

  static let values: [Slip] = [
    .init("seconds as a number", #"{"defaults": {"interval": 300}}"#, "write a whole number and s, m, h or d: 30s,"),
    .init("a blank in an interval", #"{"defaults": {"interval": "5 min"}}"#, #""5 min" is not a duration"#),
    .init("two units", #"{"defaults": {"interval": "1h30m"}}"#, #""1h30m" is not a duration"#, "30s, 15m, 6h, 1d"),
    .init("weeks", #"{"defaults": {"interval": "1w"}}"#, #""1w" is not a duration"#),
    .init("too often", #"{"defaults": {"interval": "1s"}}"#, "1s is out of range", "it takes 10s to 30d"),
    .init("a tag in place of a list", #"{"watch": "a:1"}"#, #""watch" must be a list, not a string"#),
    .init(
      "one platform without a list", #"{"defaults": {"platforms": "linux/amd64"}}"#,
      #""platforms" must be a list of strings, not a string"#),
    .init(
      "an architecture alone", #"{"watch": [{"image": "a", "platforms": ["amd64"]}]}"#,
      #"did you mean "linux/amd64"?"#),
    .init(
      "an architecture that is none", #"{"watch": [{"image": "a", "platforms": ["linux/amd46"]}]}"#, status: 0,
      #"warning: no image is known to have "amd46" in its platform"#),
    .init(
      "a wildcard for an expression", #"{"watch": [{"repository": "nginx", "include_tags": ["*-alpine"]}]}"#,
      "there is nothing to repeat before this"),
    .init(
      "lookaround", #"{"watch": [{"repository": "nginx", "include_tags": ["^1\\.(?!0)"]}]}"#, ":1:59: error: ",
      "lookaround is not supported; include_tags and exclude_tags together may do what is meant"),
    .init(
      "a credential helper that is not there",
      #"{"watch": ["ghcr.io/a/b"], "registries": {"ghcr.io": {"credential_helper": "x"}}}"#, status: 0,
      #""credential_helper": docker-credential-x cannot be run: there is no such program in PATH"#),
    .init(
      "no Docker configuration that is one", #"{"docker_config_file": true}"#,
      #""docker_config_file" must be a path, {"credential": "id"} or false"#,
      "leave it out for the files that are found by themselves"),
    .init(
      "a Docker configuration that is not there", #"{"docker_config_file": "/nonexistent/config.json"}"#,
      #""docker_config_file": /nonexistent/config.json cannot be used: No such file or directory"#),
  ]

  static let json: [Slip] = [
    .init("an empty file", "", #"the file is empty; {"watch": ["amazonlinux:latest"]} is enough"#),
    .init("a list", "[]", "the configuration must be an object, not a list"),
    .init("a comma too many", #"{"watch": ["a:1",]}"#, "1:17: error: no comma may stand before ]", "remove the comma"),
    .init("a comma too few", #"{"watch": ["a:1"] "log": {}}"#, "1:19: error: expected a comma or }"),
    .init("a comment", "{\"watch\": [] // mine\n}", "JSON has no comments", "remove the comment"),
    .init("single quotes", "{'watch': []}", "text takes double quotes"),
    .init("YAML", "watch:\n  - a:1\n", "1:1: error: watch is not a value"),
    .init("a byte order mark", "\u{feff}{}", "save the file as UTF-8 without a byte order mark"),
    .init("a bracket too few", #"{"watch": ["a:1""#, "a closing bracket or a quote is missing"),
    .init("a bracket too many", #"{"watch": []}}"#, "1:14: error: nothing may follow the document"),
    .init("a key twice", #"{"watch": [], "watch": []}"#, #"has the key "watch" already, at 1:2"#),
  ]

  static let secrets: [Slip] = [
    .init(
      "a password inline", #"{"registries": {"ghcr.io": {"username": "u", "password": "hunter2"}}}"#,
      #"did you mean "password_file"?"#, #""password": *********"#),
    .init(
      "a secret inline", #"{"sinks": {"o": {"type": "webhook", "url": "https://h/", "secret": "whsec_hunter2"}}}"#,
      #"did you mean "secret_file"?"#),
    .init(
      "a password in a URL", #"{"sinks": {"o": {"type": "webhook", "url": "https://u:hunter2@h.example/"}}}"#,
      #"put them into "header_files""#),
    .init(
      "a secret without its beginning",
      #"{"sinks": {"o": {"type": "webhook", "url": "https://h.example/", "secret_file": "junk"}}}"#,
      "DIR/junk cannot be used: it does not begin with whsec_", "'watcher run' would refuse the configuration"),
    .init(
      "a secret that is no base64",
      #"{"sinks": {"o": {"type": "webhook", "url": "https://h.example/", "secret_file": "short"}}}"#,
      "what follows whsec_ is not base64"),
    .init(
      "a secret file that is not there",
      #"{"sinks": {"o": {"type": "webhook", "url": "https://h.example/", "secret_file": "none"}}}"#,
      "the file DIR/none cannot be used: No such file or directory"),
    .init(
      "an empty password",
      #"{"watch": ["ghcr.io/a/b"], "registries": {"ghcr.io": {"username": "u", "password_file": "empty"}}}"#,
      "DIR/empty cannot be used: it is empty", "'watcher run' would start, and not work in part"),
    .init(
      "name and password in a file",
      #"{"watch": ["ghcr.io/a/b"], "registries": {"ghcr.io": {"username": "u", "password_file": "lines"}}}"#,
      "DIR/lines cannot be used: it has more than one line"),
    .init(
      "a password without a name", #"{"watch": ["ghcr.io/a/b"], "registries": {"ghcr.io": {"password_file": "junk"}}}"#,
      #""password_file" needs "username" beside it"#),
    .init(
      "credentials over plain HTTP",
      #"{"watch": ["r.example/a"], "registries": {"r.example": {"scheme": "http", "username": "u", "password_file": "junk"}}}"#,
      status: 0, #"warning: the credentials of "r.example" are not sent over plain HTTP"#,
      #"use https, or set "allow_plain_credentials": true"#),
    .init(
      "a registry's authority that is none",
      #"{"watch": ["ghcr.io/a/b"], "registries": {"ghcr.io": {"ca_file": "junk"}}}"#,
      "DIR/junk cannot be used: no PEM certificate is in it"),
    .init(
      "a receiver's authority that is none",
      #"{"sinks": {"o": {"type": "webhook", "url": "https://h.example/", "ca_file": "junk"}}}"#,
      "DIR/junk cannot be used: no PEM certificate is in it"),
  ]

  static let references: [Slip] = [
    .init("a URL", #"{"watch": ["docker://nginx"]}"#, "leave out docker://"),
    .init("upper case", #"{"watch": ["ghcr.io/MyOrg/App:1"]}"#, "write ghcr.io/myorg/app:1"),
    .init("a blank behind", #"{"watch": ["nginx:1 "]}"#, "remove the white space"),
    .init("a pattern", #"{"watch": ["nginx:*"]}"#, "there are no patterns; name each tag"),
    .init("a web page", #"{"watch": ["hub.docker.com/_/nginx"]}"#, "write the image as docker pull takes it"),
    .init(
      "an image ID", #"{"watch": ["sha256:\#(String(repeating: "a", count: 64))"]}"#, "name a repository and a tag"),
    .init(
      "a digest alone", #"{"watch": ["a@sha256:\#(String(repeating: "a", count: 64))"]}"#,
      "names a digest and no tag", "write image:tag, or image:tag@digest"),
    .init(
      "a tag twice", #"{"watch": ["nginx", "docker.io/library/nginx:latest"]}"#,
      "is in the watchlist twice, at 1:12 and at 1:21", "remove one of the two"),
  ]

  static let places: [Slip] = [
    .init(
      "Docker Hub's web site", #"{"registries": {"hub.docker.com": {}}}"#,
      "is Docker Hub's web site, not a registry", "write docker.io"),
    .init("GitHub's web site", #"{"watch": ["github.com/a/b:1"]}"#, "is GitHub's web site", "write ghcr.io"),
    .init("GitLab's web site", #"{"watch": ["gitlab.com/a/b:1"]}"#, "write registry.gitlab.com"),
    .init("a registry as a URL", #"{"registries": {"https://ghcr.io": {}}}"#, #"write only the host: "ghcr.io""#),
    .init(
      "a registry that nothing uses", #"{"watch": ["ghcr.io/a/b"], "registries": {"ghcr.oi": {}}}"#, status: 0,
      #"warning: nothing is watched at "ghcr.oi""#, #"did you mean "ghcr.io"?"#),
    .init(
      "one without its port", #"{"watch": ["127.0.0.1:5000/a"], "registries": {"127.0.0.1": {}}}"#, status: 0,
      #"did you mean "127.0.0.1:5000"?"#),
    .init(
      "a database without its directory", #"{"database": "state/watcher.db"}"#,
      "name a path in a directory that exists"),
    .init(
      "a file sink that is a directory", #"{"sinks": {"a": {"type": "file", "path": "DIR"}}}"#,
      "cannot open DIR: Is a directory"),
    .init(
      "a file sink without its directory", #"{"sinks": {"a": {"type": "file", "path": "DIR/none/e.jsonl"}}}"#,
      "DIR/none", "'watcher run' would start, and not work in part"),
    .init(
      "a webhook without TLS", #"{"sinks": {"o": {"type": "webhook", "url": "http://h.example/"}}}"#,
      #"write https://, or set "allow_http": true"#),
    .init("a port that cannot be", #"{"http": {"listen": "127.0.0.1:70000"}}"#, "the port is 1 to 65535"),
    .init(
      "an address of another machine", #"{"http": {"listen": "192.0.2.1:9470", "pages": false}}"#,
      "name an address of this machine"),
    .init(
      "pages for everybody", #"{"http": {"listen": "0.0.0.0:9470"}}"#,
      #"set "password_file" beside it, or "pages": false for metrics, health and hints alone"#),
    .init(
      "an empty password", #"{"http": {"listen": "127.0.0.1:9470", "password_file": "/dev/null"}}"#,
      "/dev/null cannot be used: it is empty"),
  ]
}
