import ImageModel
package import Messages

/// A place that events go to.
package protocol Sink: Sendable {
  /// The name in the configuration; the outbox keeps what waits under it.
  var name: String { get }

  /// The longest that it puts an item off. What the outbox puts off further was put off by another clock.
  var longestDelay: Duration { get }

  /// How many items it takes at a time, each of another tag and in a write of its own; `nil` when it takes all that
  /// waits in one write.
  var maxInFlight: Int? { get }

  /// Longer than a write takes that will end: what is under way for longer is stuck.
  var patience: Duration { get }

  /// No more is sent than each of them says; none where nobody names a rate.
  var paces: [MessageFormat.Pace] { get }

  /// What could keep it from delivering anything.
  var looks: [SinkLook] { get }

  /// Delivers the items in order and says what became of those it tried: perhaps only of the first ones, of
  /// none when the task was cancelled. An item may arrive twice, never out of order within its tag.
  func write(_ items: [OutboxItem]) async -> [DeliveryResult]
}

/// Something that a setting of a sink names and that is no good.
package struct SinkFault: Error, Hashable, Sendable {
  /// The key of the setting; of a header's file, the header.
  package let setting: String
  /// In one line, without secrets, with the file.
  package let reason: String
  /// Whether what it would send would be untrue: not signed, or without its headers. Otherwise it fails loudly until it
  /// is put right.
  package var isUntrue = false
  /// Whether nobody knows, for the file does not answer.
  package var isUnanswered = false
}

/// Looks at something that a setting of a sink names, and changes nothing.
package struct SinkLook: Sendable {
  /// As of `SinkFault`.
  let setting: String
  /// Of the file.
  let path: String
  /// As of `SinkFault`.
  var isUntrue = false
  /// Why it is no good. Never ends where the file system hangs.
  package let reason: @Sendable () -> String?

  /// - Parameter result: what `reason` came to, or that it came to nothing.
  package func fault(_ result: Result<String?, any Error>) -> SinkFault? {
    do {
      return try result.get().map { SinkFault(setting: setting, reason: $0, isUntrue: isUntrue) }
    } catch {
      return SinkFault(setting: setting, reason: "\(path.safe()) \(error)", isUntrue: isUntrue, isUnanswered: true)
    }
  }
}

extension Sink {
  package var looks: [SinkLook] { [] }

  package var paces: [MessageFormat.Pace] { [] }

  /// What keeps it from delivering anything as things are now.
  package var faults: [SinkFault] { looks.compactMap { $0.fault(.success($0.reason())) } }

  package var patience: Duration { .seconds(Limits.stuckSeconds) }

  /// A sink that is on this machine puts nothing off: its worker waits until it takes events again.
  package var longestDelay: Duration { .zero }

  /// Lines are written together, and made sure of together.
  package var maxInFlight: Int? { nil }
}
