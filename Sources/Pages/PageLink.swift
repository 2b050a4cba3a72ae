import ImageModel

/// Where pages are; that of a tag says its `pagePath`. Whatever stands in a query is percent-encoded here.
package enum PageLink {
  package static let tags = "/tags/"
  static let watchlist = "/"
  package static let events = "/events"

  /// The tag's page with what changed between two states.
  ///
  /// - Parameter from: `nil` for the state before the other.
  static func difference(_ tag: TagReference, from: (some CustomStringConvertible)?, to: some CustomStringConvertible)
    -> String
  {
    query(tag.pagePath, ["from": from?.description, "to": to.description]) + "#difference"
  }

  static func difference(_ tag: TagReference, to: some CustomStringConvertible) -> String {
    difference(tag, from: String?.none, to: to)
  }

  /// - Parameter until: the newest state that is shown had begun by then.
  static func history(_ tag: TagReference, until: Timestamp?, at state: Timestamp? = nil) -> String {
    query(tag.pagePath, ["until": until?.description]) + (state.map { "#\(anchor($0))" } ?? "")
  }

  static func watchlist(text: String, word: String?, page: Int = 1) -> String {
    query(
      watchlist, ["q": text.isEmpty ? nil : text, "state": word, "page": page > 1 ? String(page) : nil])
  }

  static func events(of tag: TagReference?, before: EventSequence? = nil) -> String {
    query(events, ["tag": tag?.description, "before": before?.description])
  }

  /// Of a state in a tag's page.
  static func anchor(_ firstSeen: Timestamp) -> String { "s\(firstSeen.milliseconds)" }

  private static func query(_ path: String, _ parameters: KeyValuePairs<String, String?>) -> String {
    let parts = parameters.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded())" } }
    return path + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
  }
}
