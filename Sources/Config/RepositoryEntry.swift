package import ImageModel

/// A repository of which the tags that fit are to be watched; not available yet.
package struct RepositoryEntry: Sendable, Hashable {
  package var domain: String
  package var path: String
  /// Regular expressions that compile; none: every tag.
  package var includeTags: [String]
  package var excludeTags: [String]
  /// 1 to 1000.
  package var maxTags: Int
  package var intervalSeconds: Int
  package var selection: PlatformSelection
  package var sinks: [String]
  package var unreachableAfterSeconds: Int
  package var labels: [String: String]
  package var line: Int
}
