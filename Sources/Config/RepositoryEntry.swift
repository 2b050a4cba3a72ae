import ImageModel

/// A repository of which the tags that fit are to be watched; not available yet.
public struct RepositoryEntry: Sendable, Hashable {
  public var domain: String
  public var path: String
  /// Regular expressions that compile; none: every tag.
  public var includeTags: [String]
  public var excludeTags: [String]
  /// 1 to 1000.
  public var maxTags: Int
  public var intervalSeconds: Int
  public var selection: PlatformSelection
  public var sinks: [String]
  public var unreachableAfterSeconds: Int
  public var labels: [String: String]
  public var line: Int
}
