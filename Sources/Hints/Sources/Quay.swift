import StrictJSON

/// Source: docs.quay.io `guides/notifications`, Repository Push.
extension HintedImages {
  mutating func readQuay(_ document: JSONValue) throws(HintRefusal) {
    // Once it was an object of image IDs by tag.
    let tags = document.value("updated_tags")
    guard let tags = tags?.array?.map(\.string) ?? tags?.object?.map(\.key) else { throw .member("updated_tags") }
    let (host, path, _) = try Self.parts(document.text("docker_url"))
    for tag in tags {
      guard let tag else { throw .member("updated_tags") }
      try add(host: host, path, tag: tag)
    }
  }
}
