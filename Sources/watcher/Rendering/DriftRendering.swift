import Answers
import Containers
import ImageModel

/// What runs beside what its tags name, for people.
struct DriftRendering {
  let answer: DriftAnswer
  let now: Timestamp

  func text(_ format: TextFormat) -> String {
    let groups = self.groups
    let isAnyBehind = groups.contains { $0.drift.behind != nil }
    var table = TextTable(["CONTAINER", "IMAGE", "STATE", .init(isAnyBehind ? "FOR" : ""), "RUNS"])
    table.rows = groups.map { row($0, format) }
    let summary = Lines.of(parts: self.summary, width: format.width, margin: 0)
    guard !groups.isEmpty else { return summary.map { $0 + "\n" }.joined() }
    let isWide = table.fits(format.width)
    let lines = isWide ? table.lines(format.style) : []
    let body = groups.enumerated().flatMap { index, group in
      (isWide ? [lines[index + 1]] : stacked(group, format)) + details(group.drift, format)
    }
    return (summary + [""] + lines.prefix(1) + body).map { $0 + "\n" }.joined()
  }

  private var summary: [String] {
    let counts = answer.counts.filter { $0.count > 0 }.map { "\($0.count) \($0.state.rawValue)" }
    let number = answer.containers.count
    guard number > 0 else { return ["no containers (\(answer.source.shown))"] }
    return ["\(Words.count(number, "container")) (\(answer.source.shown)):"] + counts.dropLast().map { "\($0)," }
      + counts.suffix(1)
  }

  // MARK: Replicas

  /// Containers of one image of which the same is to be said.
  private struct Group {
    let drift: ContainerDrift
    var names: [String]
  }

  private struct Key: Hashable {
    let image: String
    let digests: [KnownDigest]
    let platform: Platform?
    let state: ContainerDrift.State
    let reason: String?
  }

  private var groups: [Group] {
    var groups: [Group] = []
    var places: [Key: Int] = [:]
    for drift in answer.containers {
      let key = Key(
        image: drift.container.image, digests: drift.container.digests, platform: drift.platform, state: drift.state,
        reason: drift.reason)
      if let place = places[key] {
        groups[place].names.append(drift.container.name)
      } else {
        places[key] = groups.count
        groups.append(Group(drift: drift, names: [drift.container.name]))
      }
    }
    return groups
  }

  // MARK: Lines

  private func row(_ group: Group, _ format: TextFormat) -> [TextTable.Cell] {
    let drift = group.drift
    return [
      .init(name(group), .strong), .init(image(drift, format)), .init(state(drift), drift.state.paint),
      .init(span(drift) ?? ""),
      .init(images(drift, format)),
    ]
  }

  private func stacked(_ group: Group, _ format: TextFormat) -> [String] {
    let (drift, name) = (group.drift, name(group))
    let state = self.state(drift) + (span(drift).map { " for \($0)" } ?? "")
    let painted = (format.style.paint(name, .strong), format.style.paint(state, drift.state.paint))
    let isShort = format.width.map { name.unicodeScalars.count + 2 + state.unicodeScalars.count <= $0 } ?? true
    return (isShort ? ["\(painted.0)  \(painted.1)"] : [painted.0, "    \(painted.1)"])
      + Lines.of(items: [image(drift, format), images(drift, format)].filter { !$0.isEmpty }, width: format.width)
  }

  private func name(_ group: Group) -> String { Words.list(group.names.map(\.shown), limit: 1) }

  /// What it was started with; digests in it are as long as others.
  private func image(_ drift: ContainerDrift, _ format: TextFormat) -> String {
    let image = drift.container.image
    if let id = (try? Digest(image)) ?? (try? Digest("sha256:\(image)")) { return format.digests(id) }
    guard let at = image.lastIndex(of: "@"), let digest = try? Digest(image[at...].dropFirst()) else {
      return image.isEmpty ? "-" : image.shown
    }
    return "\(String(image[..<at]).shown)@\(format.digests(digest))"
  }

  private func state(_ drift: ContainerDrift) -> String {
    guard let behind = drift.behind else { return drift.state.rawValue }
    return "behind \(behind.states), \(behind.words)" + (behind.rollback == nil ? "" : ", moved back")
  }

  private func span(_ drift: ContainerDrift) -> String? {
    drift.behind.map { Words.span(seconds: $0.seconds(until: now)) }
  }

  /// What it runs, and what is current where that is something else.
  private func images(_ drift: ContainerDrift, _ format: TextFormat) -> String {
    let digests = format.digests
    let running = drift.imageID ?? drift.container.digests.first?.digest
    let current = drift.current.map { $0.imageID ?? $0.manifest ?? $0.digest }
    guard drift.state != .current, let current else { return running.map { digests($0) } ?? "" }
    return "\(digests(running)) -> \(digests(current))"
  }

  private func details(_ drift: ContainerDrift, _ format: TextFormat) -> [String] {
    var sentences = [drift.reason?.shown].compactMap(\.self)
    // The image that it was started with names the tag, unless that is an ID or not told.
    let isTold = !drift.container.isStartedByID && !drift.container.image.isEmpty
    let tags = drift.tags.filter { !isTold || $0 != drift.tag }.map { $0.familiar.shown }
    if !tags.isEmpty { sentences.append("an image of \(Words.list(tags, limit: 5))") }
    return sentences.flatMap { Lines.of($0, width: format.width) }.map { format.style.paint($0, .faint) }
  }
}

extension ContainerDrift.Behind {
  fileprivate func seconds(until now: Timestamp) -> Int { max(0, Int((now.milliseconds - since.milliseconds) / 1_000)) }

  /// What became of the image, the gravest of it.
  fileprivate var words: String {
    if classes.contains(.content) { return ChangeClass.content.rawValue }
    if classes == [.removed] { return ChangeClass.removed.rawValue }
    return classes.count == 1 ? "\(classes[0].rawValue) only" : classes.map(\.rawValue).joined(separator: ", ")
  }
}

extension ContainerDrift.State {
  fileprivate var paint: Style.Paint {
    switch self {
    case .behind: .bad
    case .other, .unknown, .unwatched: .notable
    case .current: .good
    case .pinned, .local: .plain
    }
  }
}
