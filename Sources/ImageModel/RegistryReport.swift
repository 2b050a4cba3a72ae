/// What a registry has shown of itself to this process.
package struct RegistryReport: Hashable, Sendable {
  /// `host[:port]`, as tags name it.
  package let name: String
  /// Where the log-in that was looked up last comes from: `configuration`, a file, a helper; `nil` for none.
  package let credentials: String?
  /// Its limit on pulls and what is left of it, as it said last; `nil` where it says nothing.
  package var limit: Int?
  package var remaining: Int?
  /// When all of it is there again at the latest, if nothing is pulled; `nil` where nothing is used, or that is not
  /// said.
  package var resets: Timestamp?

  package init(
    name: String, credentials: String? = nil, limit: Int? = nil, remaining: Int? = nil, resets: Timestamp? = nil
  ) {
    self.name = name
    self.credentials = credentials
    self.limit = limit
    self.remaining = remaining
    self.resets = resets
  }

  /// Whether there is anything to tell.
  package var isTelling: Bool { credentials != nil || limit != nil || remaining != nil }
}
