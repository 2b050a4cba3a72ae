import ImageModel
import StrictJSON

/// In the form of its own or as CloudEvents. Source: goharbor.io `docs/working-with-projects/project-configuration`.
extension HintedImages {
  mutating func readHarbor(_ document: JSONValue) throws(HintRefusal) {
    let isDeletion: Bool
    switch try document.text("type") {
    case "PUSH_ARTIFACT", "harbor.artifact.pushed": isDeletion = false
    case "DELETE_ARTIFACT", "harbor.artifact.deleted": isDeletion = true
    default: return
    }
    guard let data = document.value("event_data") ?? document.value("data") else { throw .member("event_data") }
    for resource in try data.list("resources") {
      // Where there is no tag, it may be the digest.
      let tag = try resource.optionalText("tag").flatMap { $0.contains(":") ? nil : $0 }
      guard tag != nil || isDeletion else { continue }
      let url = try resource.optionalText("resource_url")
      let host = try url.map { url throws(HintRefusal) in try Self.parts(url).host }
      try add(host: host, data.text("repository", "repo_full_name"), tag: tag)
    }
  }
}
