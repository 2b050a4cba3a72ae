import FoundationEssentials
import StrictJSON

/// What Pub/Sub pushes of the topic `gcr`, in its envelope or without. Source: cloud.google.com
/// `artifact-registry/docs/configure-notifications`, `pubsub/docs/push`.
extension HintedImages {
  mutating func readGoogle(_ document: JSONValue) throws(HintRefusal) {
    var event = document
    if document.value("message") != nil {
      guard let data = Data(base64Encoded: try document.text("message", "data")) else { throw .member("message.data") }
      event = try HintSource.document(Array(data))
    }
    let isDeletion = try event.text("action") == "DELETE"
    if let tag = try event.optionalText("tag") {
      let parts = try Self.parts(tag)
      guard parts.tag != nil else { throw .name(tag) }
      try add(host: parts.host, parts.path, tag: parts.tag)
    } else if isDeletion {
      let parts = try Self.parts(event.text("digest"))
      try add(host: parts.host, parts.path, tag: nil)
    }
  }
}
