import StrictJSON

/// One image has several names there: its repository may stand in the path or before the host, or have a host of its
/// own. Source: docs.jfrog.com `administration/docs/event-types`, Domain: Docker.
extension HintedImages {
  mutating func readArtifactory(_ document: JSONValue) throws(HintRefusal) {
    guard try document.text("domain") == "docker",
      ["pushed", "deleted", "promoted"].contains(try document.text("event_type"))
    else { return }
    let tag = try document.text("data", "tag")
    let (image, key) = (try document.text("data", "image_name"), try document.text("data", "repo_key"))
    if registry != nil { try add(host: nil, image, tag: tag) }
    let origin = try document.optionalText("jpd_origin").map(Self.host(of:))
    try add(host: origin, "\(key)/\(image)", tag: tag)
    if let origin, registry == nil { try add(host: "\(key).\(origin)", image, tag: tag) }
  }

  private static func host(of url: String) -> String {
    let start = url.firstRange(of: "://")?.upperBound ?? url.startIndex
    return String(url[start...].prefix { $0 != "/" })
  }
}
