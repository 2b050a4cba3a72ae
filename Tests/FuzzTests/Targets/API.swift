import API
import ImageModel
import Questions

/// What browsers and scripts ask.
extension FuzzTarget {
  static let api = [FuzzTarget(name: "api-request", check: apiRequest)]

  /// The path in the first line, the query in the second, where a listener was in the third.
  @Sendable private static func apiRequest(_ bytes: [UInt8]) throws {
    let parts = bytes.parts(3)
    guard let operation = APIOperation(path: parts[0].text) else { return }
    let last = parts[2].isEmpty ? nil : parts[2].text
    switch asked(operation, parts[1].text, last) {
    case .success(let request):
      // It goes into a header.
      let link = request.link(after: 7)
      let parts = link.split(separator: ">", omittingEmptySubsequences: false)
      try hold(parts.count == 2 && parts[0].first == "<" && String(parts[0]).isVisibleASCII, "links to \(shown(link))")
      guard operation != .stream, let query = parts[0].split(separator: "?", maxSplits: 1).last else { return }
      if case .success(let next) = asked(operation, String(query), nil) {
        try same(next.link(after: 7), link, "the page behind the next one")
        try same(next.limit, request.limit, "its size")
      }
    case .failure(let error):
      try hold(error.message.isSafe && error.message.utf8.count < 4_096, "says \(shown(error.message))")
      try hold(error.status == .usage, "ends with \(error.status)")
    }
  }

  private static func asked(
    _ operation: APIOperation, _ query: String, _ last: String?
  ) -> Result<APIRequest, QuestionError> {
    Result { () throws(QuestionError) in
      try APIRequest(
        operation, query: query, lastEventID: last, now: Timestamp(milliseconds: 1_789_680_605_123))
    }
  }
}
