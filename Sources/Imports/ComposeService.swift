/// A service of a Compose file, with what it extends put in.
struct ComposeService {
  let name: String
  let place: Place
  /// As it is written.
  var image: Located?
  var isBuilt: Bool
  var pullPolicy: String?
  var labels: [String: String]
  /// Why something that it extends is not in it.
  var trouble: String?
  /// What variables have values.
  var variables: [String: String] = [:]

  struct Located {
    let text: String
    let place: Place
  }

  init(_ member: YAMLValue.Member, file: String) {
    name = member.key
    place = Place(file: file, line: member.line)
    let value = member.value
    if let image = value["image"], let text = image.text {
      self.image = Located(text: text, place: Place(file: file, line: image.line))
    }
    isBuilt = value["build"]?.isGiven == true
    pullPolicy = value["pull_policy"]?.text
    labels = Self.labels(value["deploy"]?["labels"]).merging(Self.labels(value["labels"])) { $1 }
  }

  /// Takes from another service what this one does not say.
  mutating func extend(_ other: ComposeService) {
    image = image ?? other.image
    isBuilt = isBuilt || other.isBuilt
    pullPolicy = pullPolicy ?? other.pullPolicy
    labels.merge(other.labels) { own, _ in own }
    trouble = other.trouble
  }

  /// The image with its variables' values.
  func imageText() throws(Interpolation.Failure) -> String? {
    guard let image else { return nil }
    return try interpolated(image.text)
  }

  /// A text of it with its variables' values.
  func interpolated(_ text: String) throws(Interpolation.Failure) -> String {
    try Interpolation(variables: variables, escape: UInt8(ascii: "$"))(text)
  }

  var origin: Findings.Origin {
    switch pullPolicy {
    case "never", "build": .neverPulled
    default: isBuilt ? .built : .pulled
    }
  }

  /// A map, or a list of `name=value`.
  private static func labels(_ value: YAMLValue?) -> [String: String] {
    var labels: [String: String] = [:]
    for member in value?.map ?? [] { labels[member.key] = member.value.text ?? "" }
    for text in value?.list?.compactMap(\.text) ?? [] {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      labels[String(parts[0])] = parts.count == 2 ? String(parts[1]) : ""
    }
    return labels
  }
}
