import ImageModel

/// What applies to a tag where its entry says nothing.
public struct WatchDefaults: Sendable, Hashable {
  public var intervalSeconds = 15 * 60
  public var selection = PlatformSelection.all
  /// Names of configured sinks.
  public var sinks: [String] = []
  public var unreachableAfterSeconds = 3_600
}
