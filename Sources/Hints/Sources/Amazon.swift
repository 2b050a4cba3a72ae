import StrictJSON

/// What EventBridge sends of a private registry. Source: docs.aws.amazon.com
/// `AmazonECR/latest/userguide/ecr-eventbridge.html`.
extension HintedImages {
  mutating func readAmazon(_ document: JSONValue) throws(HintRefusal) {
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
