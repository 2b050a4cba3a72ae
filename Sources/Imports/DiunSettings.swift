import ImageModel

/// What diun is told of an image, and what becomes of it here.
struct DiunSettings {
  var watchesRepository = false
  var include: [String] = []
  var exclude: [String] = []
  var maxTags: String?
  var platform: String?
  /// Keys of what no entry can say.
  var others: [String] = []
  var labels: [WatchedImage.Label] = []

  // As much as an entry may have. Source: docs/configuration.md.
  private static let mostTags = 1_000
  private static let mostPatterns = 20
  private static let mostLabels = 32

  /// What no entry can say, and where it is said instead.
  static let untold = [
    (key: "regopt", instead: "log-ins stand under \"registries\", or are found by themselves"),
    (key: "notify_on", instead: "which events are sent says \"events\" of each sink"),
    (key: "sort_tags", instead: "versions come first, the newest first"),
  ]

  /// What metadata begins with among labels and annotations …
  static let metadata = "diun.metadata."
  /// … and those of the others that are taken.
  static let deciding = [
    "diun.enable", "diun.watch_repo", "diun.include_tags", "diun.exclude_tags", "diun.max_tags", "diun.platform",
  ]

  init() {}

  /// From labels of a container, or annotations of a pod.
  init(_ labels: [String: String]) {
    watchesRepository = labels["diun.watch_repo"] == "true"
    include = Self.list(labels["diun.include_tags"])
    exclude = Self.list(labels["diun.exclude_tags"])
    maxTags = labels["diun.max_tags"]
    platform = labels["diun.platform"]
    others = Self.untold.map(\.key).filter { labels["diun.\($0)"] != nil }
    self.labels = labels.filter { $0.key.hasPrefix(Self.metadata) }.sorted { $0.key < $1.key }
      .map { .init(name: String($0.key.dropFirst(Self.metadata.count)), value: $0.value) }
  }

  private static func list(_ text: String?) -> [String] {
    text?.split(separator: ";").map(String.init) ?? []
  }

  /// Adds the image, or its repository, with as much of this as an entry can say; the rest is told.
  func add(_ name: String, at place: Place, origin: Findings.Origin, _ findings: inout Findings) {
    var settings = WatchedImage.Settings(labels: Array(labels.prefix(Self.mostLabels)))
    if labels.count > Self.mostLabels {
      findings.skip("metadata", at: place, "an entry has \(Self.mostLabels) labels at most: those are the first ones")
    }
    if let platform {
      settings.platform = Platform(platform)
      if settings.platform == nil { findings.skip(platform, at: place, "it is no platform: every one is watched") }
    }
    for (key, instead) in Self.untold where others.contains(key) { findings.skip(key, at: place, instead) }
    // The tag that is named is watched as well.
    let isTagged = name.split(separator: "/").last?.contains(":") == true
    if !watchesRepository || isTagged { findings.add(name, at: place, origin: origin, settings: settings) }
    guard watchesRepository else { return }
    guard include.count <= Self.mostPatterns, exclude.count <= Self.mostPatterns else {
      return findings.skip(
        name, at: place,
        "an entry has \(Self.mostPatterns) expressions at most in each of include_tags and exclude_tags")
    }
    for pattern in include + exclude {
      do throws(TagPattern.Problem) {
        _ = try TagPattern(pattern)
      } catch {
        return findings.skip(name, at: place, "the expression \(pattern) cannot be taken: \(error.reason)")
      }
    }
    (settings.include, settings.exclude) = (include, exclude)
    let wanted = maxTags.flatMap { Int($0) } ?? 0
    if (1...Self.mostTags).contains(wanted) {
      settings.maxTags = wanted
    } else {
      let all = wanted > 0 ? "\(wanted) tags" : "every tag"
      findings.skip(
        "max_tags", at: place, "diun watches \(all) of it, watcher the first 50, or up to 1000 with max_tags")
    }
    findings.addRepository(name, at: place, settings: settings)
  }
}
