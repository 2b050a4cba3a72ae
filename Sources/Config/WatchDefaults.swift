package import ImageModel

/// What applies to a tag where its entry says nothing.
package struct WatchDefaults: Sendable, Hashable {
  package var intervalSeconds = 15 * 60
  package var selection = PlatformSelection.all
  /// Names of configured sinks.
  package var sinks: [String] = []
  package var unreachableAfterSeconds = 3_600
}
