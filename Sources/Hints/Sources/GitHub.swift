import StrictJSON

/// The events `package` and `registry_package`; `ping` comes when a webhook is made.
/// Source: docs.github.com `webhooks/webhook-events-and-payloads`.
extension HintedImages {
  mutating func readGitHub(_ document: JSONValue) throws(HintRefusal) {
    guard document.value("zen") == nil else { return }
    guard let package = document.value("registry_package") ?? document.value("package") else {
      throw .member("registry_package")
    }
    guard try package.text("package_type").lowercased() == "container" else { return }
    let url = try package.optionalText("package_version", "package_url")
    let named = try package.optionalText("package_version", "container_metadata", "tag", "name")
    if let url {
      let parts = try Self.parts(url)
      // Of a manifest without a tag the URL ends with a colon.
      guard let tag = named ?? parts.tag else { return }
      return try add(host: parts.host, parts.path.lowercased(), tag: tag)
    }
    guard let tag = named else { return }
    let (owner, name) = (try package.text("namespace"), try package.text("name"))
    try add(host: "ghcr.io", "\(owner)/\(name)".lowercased(), tag: tag)
  }
}
