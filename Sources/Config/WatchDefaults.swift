package import ImageModel

/// What applies to a tag where its entry says nothing.
package struct WatchDefaults: Sendable, Hashable {
  package enum PlatformMatch: String, CaseIterable, Sendable {
    case strict, compatible
  }

  package var intervalSeconds = 15 * 60
  /// As `platformMatch` says.
  package var selection = PlatformSelection.all
  package var platformMatch = PlatformMatch.strict
  /// Names of configured sinks.
  package var sinks: [String] = []
  package var unreachableAfterSeconds = 3_600
}
