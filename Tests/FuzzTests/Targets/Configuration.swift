import Addresses
import ImageModel

@testable import Config

/// The configuration file and the small languages in it.
extension FuzzTarget {
  static let configuration = [
    FuzzTarget(name: "config", check: config), FuzzTarget(name: "config-value", check: configValue),
  ]

  @Sendable private static func config(_ bytes: [UInt8]) throws {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).count
    let path = "/etc/watcher/config.json"
    let database = Result { () throws(ConfigProblems) in try DatabaseSetting(in: bytes, path: path) }
    let config: WatchConfig
    do {
      config = try WatchConfig.parse(bytes, path: path)
      try same(try database.get().path, config.database, "the database alone")
      try hold(try !database.get().isBrokenElsewhere, "it is sound")
    } catch let error as ConfigProblems {
      switch database {
      case .failure(let other): try same(other.count, error.count, "how many problems there are")
      case .success(let setting): try hold(setting.isBrokenElsewhere || bytes.count > 256 << 10, "it is broken")
      }
      try hold(error.count >= error.problems.count && !error.problems.isEmpty, "\(error.count) problems")
      for problem in error.problems.prefix(50) { try isSound(problem, lines: lines, length: bytes.count) }
      return
    }
    for problem in config.warnings + config.faults {
      try isSound(problem, lines: lines, length: bytes.count)
    }
    try same(Set(config.watch.map(\.tag)).count, config.watch.count, "each tag once")
    let sinks = Set(config.sinks.map(\.name))
    try hold(!sinks.isEmpty && sinks.count == config.sinks.count, "sinks \(sinks)")
    for entry in config.watch {
      // Stored by its text, and asked for by it.
      try same(try ImageReference(entry.tag.description).tagReference, entry.tag, "printed and read again")
      try same(WrittenReference.respelled(entry.tag), entry.tag, "respelled")
      try hold(Limits.intervalSeconds.contains(entry.intervalSeconds), "\(entry.intervalSeconds) s")
      try hold(sinks.isSuperset(of: entry.sinks), "sinks \(entry.sinks)")
      try same(PlatformSelection(stored: entry.selection.stored), entry.selection, "stored and read again")
      try hold((1...lines).contains(entry.line), "line \(entry.line)")
    }
    try same(Set(config.repositories.map(\.repository)).count, config.repositories.count, "each repository once")
    for entry in config.repositories {
      let tag = entry.repository.tag("latest")
      try same(try ImageReference(tag.description).tagReference, tag, "printed and read again")
      try same(WrittenReference.respelled(tag), tag, "respelled")
      try hold((1...1_000).contains(entry.tags.maxTags) && (1...lines).contains(entry.line), "\(entry)")
    }
    for case .webhook(let webhook) in config.sinks.map(\.kind) {
      let url = webhook.url ?? ""
      try hold(url.isVisibleASCII && url.isEmpty == (webhook.urlFile != nil), "URL \(shown(url))")
      for (name, value) in webhook.headers {
        try hold(WebhookHeader.isName(name) && WebhookHeader.isValue(value), "header \(shown(name)): \(shown(value))")
      }
    }
    if let listen = config.httpListen { try hold(listen.isVisibleASCII, "listen \(shown(listen))") }
    for (domain, registry) in config.registries {
      for host in [domain] + registry.trustedRealms { try hold(host.isVisibleASCII, "host \(shown(host))") }
    }
  }

  private static func isSound(_ problem: ConfigProblem, lines: Int, length: Int) throws {
    try hold((1...lines).contains(problem.line), "line \(problem.line)")
    try hold((1...(length + 1)).contains(problem.column), "column \(problem.column)")
    try hold((0...problem.sourceLine.unicodeScalars.count).contains(problem.caret), "a caret at \(problem.caret)")
    for text in [problem.message, problem.hint ?? "", problem.sourceLine] {
      try hold(text.isSafe, "says \(shown(text))")
    }
    try hold(problem.rendered.unicodeScalars.count < 8_192, "a long story")
  }

  @Sendable private static func configValue(_ bytes: [UInt8]) throws {
    let text = bytes.text
    if let place = try? HostPort(text) {
      try hold(text.isVisibleASCII, "\(shown(text)) is taken for a host")
      try same(try HostPort(place.canonical).canonical, place.canonical, "canonical of the canonical")
    }
    if let seconds = ConfigDuration.seconds(text) {
      try hold(seconds >= 0, "\(seconds) s")
      if seconds < .max / 1_000_000 { try same(ConfigDuration.seconds(ConfigDuration.text(seconds)), seconds, "again") }
    }
    if case .valid = WebhookURL.check(text) {
      try hold(text.isVisibleASCII, "the URL \(shown(text))")
      try hold(WebhookURL.kind(text) != nil, "\(text) has no host")
    }
    let parts = bytes.parts(2).map(\.text)
    _ = EventPatterns.matches(parts[0], parts[1])
    try hold(EventPatterns.matches("*" + text.replacing("*", with: "") + "*", text.replacing("*", with: "")), "itself")
    if let near = nearest(to: text, among: ["interval", "platforms"]) { try hold(near.isLowerASCII, near) }
  }
}
