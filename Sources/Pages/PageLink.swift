import ImageModel

/// Where pages are; that of a tag says its `pagePath`. Whatever stands in a query is percent-encoded here.
package enum PageLink {
  package static let tags = "/tags/"
  static let watchlist = "/"
  package static let events = "/events"

  /// The tag's page with what changed between two states.
  ///
  /// - Parameters:
  ///   - from: `nil` for the state before the other.
  ///   - to: `nil` for the newest.
  static func difference(_ tag: TagReference, from: String? = nil, to: String? = nil) -> String {
    query(tag.pagePath, ["from": from, "to": to]) + "#difference"
  }

  /// - Parameter before: what follows the newest state that is shown.
  static func history(_ tag: TagReference, before: SnapshotID?, at state: SnapshotID? = nil) -> String {
    query(tag.pagePath, ["before": before?.description]) + (state.map { "#\(anchor($0))" } ?? "")
  }

  static func watchlist(text: String, word: String?, page: Int = 1) -> String {
    query(
      watchlist, ["q": text.isEmpty ? nil : text, "state": word, "page": page > 1 ? String(page) : nil])
  }

  static func events(
    of tag: TagReference?, _ selection: EventSelection? = nil, before: EventSequence? = nil
  ) -> String {
    query(events, ["tag": tag?.description, "show": selection?.rawValue, "before": before?.description])
  }

  /// Of a state in a tag's page.
  static func anchor(_ state: SnapshotID) -> String { "s\(state)" }

  private static func query(_ path: String, _ parameters: KeyValuePairs<String, String?>) -> String {
    let parts = parameters.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded())" } }
    return path + (parts.isEmpty ? "" : "?" + parts.joined(separator: "&"))
  }
}
