import StrictJSON

/// Its `callback_url` is left alone: whoever sends a hint must not choose where requests go.
/// Source: docs.docker.com `docker-hub/repos/manage/webhooks`.
extension HintedImages {
  mutating func readDockerHub(_ document: JSONValue) throws(HintRefusal) {
    try add(host: "docker.io", document.text("repository", "repo_name"), tag: document.text("push_data", "tag"))
  }
}
