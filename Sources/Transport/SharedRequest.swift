/// A request that client and loop pass from hand to hand. Each copy of the value would count up its seven references,
/// and at fifty thousand polls a second that is seen.
final class SharedRequest: Sendable {
  let value: HTTPRequest

  init(_ value: HTTPRequest) { self.value = value }

  /// For whoever keeps the request longer than its body is needed.
  var withoutBody: SharedRequest {
    guard value.body != nil else { return self }
    var value = value
    value.body = nil
    return SharedRequest(value)
  }
}
