import ImageModel
import StrictJSON

/// What has been read of the watchlist so far.
struct Watchlist {
  var entries: [WatchEntry] = []
  var repositories: [RepositoryEntry] = []
  /// Where each canonical tag or repository was first named, in bytes.
  var tags: [TagReference: Int] = [:]
  var names: [RepositoryReference: Int] = [:]
}

/// What an entry says beside what it is about.
struct EntrySettings {
  var values: WatchDefaults
  var labels: [String: String] = [:]
  /// In bytes.
  var offset: Int
}

extension ConfigReader {
  mutating func defaults(_ root: Section, sinkNames: [String]) -> WatchDefaults {
    var result = WatchDefaults()
    result.sinks = sinkNames
    guard let defaults = section(root, "defaults") else { return result }
    result.intervalSeconds = duration(defaults, "interval") ?? result.intervalSeconds
    result.unreachableAfterSeconds = duration(defaults, "unreachable_after") ?? result.unreachableAfterSeconds
    readPlatforms(defaults, &result)
    result.sinks = sinkList(defaults, sinkNames: sinkNames) ?? sinkNames
    return result
  }

  mutating func watchlist(_ root: Section, defaults: WatchDefaults, sinkNames: [String]) -> Watchlist {
    var list = Watchlist()
    guard let value = root["watch"] else { return list }
    guard let elements = value.array else {
      wrongType(value, "\"watch\"", "a list")
      return list
    }
    let most = root.keys["watch"].range.upperBound
    guard elements.count <= most else {
      error(at: value.offset, "\"watch\" has more than \(most) entries")
      return list
    }
    list.entries.reserveCapacity(elements.count)
    list.tags.reserveCapacity(elements.count)
    for element in elements {
      switch element.kind {
      case .string(let text):
        image(text, at: element.offset, EntrySettings(values: defaults, offset: element.offset), &list)
      case .object: entry(element, defaults, sinkNames, &list)
      default: wrongType(element, "an element of \"watch\"", "a tag or an object", isKey: false)
      }
    }
    let sum = list.repositories.reduce(list.entries.count) { $0 + $1.tags.maxTags }
    if sum > most {
      error(
        at: value.offset, "\"watch\" may come to \(sum) tags, with \"max_tags\" of each repository",
        hint: "at most \(most)")
    }
    return list
  }

  private mutating func entry(
    _ value: JSONValue, _ defaults: WatchDefaults, _ sinkNames: [String], _ list: inout Watchlist
  ) {
    let isRepository = value["repository"] != nil
    if isRepository, let image = value.object?.first(where: { $0.key == "image" }) {
      error(
        at: image.keyRange.lowerBound, "an entry has \"image\" or \"repository\", not both", hint: "write two entries")
      return
    }
    let entry =
      isRepository
      ? section(value, "an entry", ConfigKeys.repository)
      : section(value, "an entry", ConfigKeys.image, elsewhere: [(ConfigKeys.repository, "\"repository\"")])
    guard let entry else { return }
    let settings = settings(entry, defaults, sinkNames)
    if isRepository {
      repository(entry, settings, &list)
    } else if entry["image"] != nil {
      guard let text = string(entry, "image") else { return }
      image(text, at: entry.offset("image"), settings, &list)
    } else {
      error(at: value.offset, "an entry needs \"image\" or \"repository\"")
    }
  }

  private mutating func settings(
    _ entry: Section, _ defaults: WatchDefaults, _ sinkNames: [String]
  ) -> EntrySettings {
    var values = defaults
    values.intervalSeconds = duration(entry, "interval") ?? defaults.intervalSeconds
    readPlatforms(entry, &values)
    values.sinks = sinkList(entry, sinkNames: sinkNames) ?? defaults.sinks
    return EntrySettings(values: values, labels: labels(entry), offset: entry.value.offset)
  }

  private mutating func image(
    _ text: String, at offset: Int, _ settings: EntrySettings, _ list: inout Watchlist
  ) {
    guard let (tag, pinned) = watchedTag(text, at: offset) else { return }
    if let first = list.tags[tag] {
      repeated(tag.description, at: offset, first: first)
      return
    }
    list.tags[tag] = offset
    var entry = WatchEntry(
      tag: tag, pinned: pinned, intervalSeconds: settings.values.intervalSeconds,
      selection: settings.values.selection, sinks: settings.values.sinks,
      unreachableAfterSeconds: settings.values.unreachableAfterSeconds, labels: settings.labels,
      line: source.line(at: settings.offset))
    if let last = list.entries.last { entry.share(last) }
    list.entries.append(entry)
  }

  mutating func repeated(_ name: String, at offset: Int, first: Int) {
    let places = "at \(source.place(at: first)) and at \(source.place(at: offset))"
    error(
      at: offset, "\(name.safe()) is in the watchlist twice, \(places)",
      hint: "remove one of the two")
  }
}
