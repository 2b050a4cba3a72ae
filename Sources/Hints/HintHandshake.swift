package import StrictJSON

/// What a service wants before it sends hints.
package enum HintHandshake: Hashable, Sendable {
  /// Event Grid: this code in the answer.
  case code(String)
  /// SNS: that somebody opens this URL. The daemon does not: it goes nowhere that a request names.
  case visit(String)

  private static let codeBytes = 256
  private static let urlBytes = 2_048

  /// Source: learn.microsoft.com `event-grid/end-point-validation-event-grid-events-schema`.
  static func ofAzure(_ document: JSONValue) throws(HintRefusal) -> HintHandshake? {
    for event in document.array ?? [document] {
      guard try event.optionalText("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent" else { continue }
      let code = try event.text("data", "validationCode")
      guard code.utf8.count <= codeBytes else { throw .member("data.validationCode") }
      return .code(code)
    }
    return nil
  }

  /// Of Amazon's hosts alone, for what is in the log is opened. Source: docs.aws.amazon.com
  /// `sns/latest/dg/http-subscription-confirmation-json.html`.
  static func ofAmazon(_ document: JSONValue) throws(HintRefusal) -> HintHandshake? {
    guard try document.optionalText("Type") == "SubscriptionConfirmation" else { return nil }
    let url = try document.text("SubscribeURL")
    guard url.utf8.count <= urlBytes, isAmazons(url) else { throw .foreignURL("SubscribeURL") }
    return .visit(url)
  }

  /// `https://sns.<region>.amazonaws.com/…`, in characters that can be seen.
  private static func isAmazons(_ url: String) -> Bool {
    let parts = url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "https:", parts[1].isEmpty, url.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else {
      return false
    }
    let labels = parts[2].split(separator: ".", omittingEmptySubsequences: false)
    return labels.first == "sns" && labels.allSatisfy { $0.utf8.allSatisfy(\.isOfName) }
      && ["amazonaws.com", "amazonaws.com.cn"].contains(labels.dropFirst(2).joined(separator: "."))
  }
}

extension HintSource {
  /// `nil` for what is a hint, or nothing.
  package func handshake(in document: JSONValue) throws(HintRefusal) -> HintHandshake? {
    switch self {
    case .acr: try .ofAzure(document)
    case .ecr: try .ofAmazon(document)
    default: nil
    }
  }
}

extension UInt8 {
  fileprivate var isOfName: Bool {
    (0x61...0x7a).contains(self) || (0x30...0x39).contains(self) || self == UInt8(ascii: "-")
  }
}
