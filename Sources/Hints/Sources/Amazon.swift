import StrictJSON

/// What EventBridge sends of a private registry, as it is or as text within what SNS sends. Source: docs.aws.amazon.com
/// `AmazonECR/latest/userguide/ecr-eventbridge.html`, `sns/latest/dg/http-notification-json.html`.
extension HintedImages {
  mutating func readAmazon(_ document: JSONValue) throws(HintRefusal) {
    switch try document.optionalText("Type") {
    case "Notification": try readEventBridge(HintSource.document(Array(document.text("Message").utf8)))
    // Of the subscription itself.
    case .some: return
    case nil: try readEventBridge(document)
    }
  }

  private mutating func readEventBridge(_ document: JSONValue) throws(HintRefusal) {
    guard try document.text("detail-type") == "ECR Image Action" else { return }
    let action = try document.text("detail", "action-type")
    guard try document.text("detail", "result") == "SUCCESS", action == "PUSH" || action == "DELETE" else { return }
    let tag = try document.optionalText("detail", "image-tag")
    guard tag != nil || action == "DELETE" else { return }
    let (account, region) = (try document.text("account"), try document.text("region"))
    let domain = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
    try add(
      host: "\(account).dkr.ecr.\(region).\(domain)", document.text("detail", "repository-name"), tag: tag)
  }
}
