package import Config
import Delivery
import FoundationEssentials
import Host
import ImageModel
import Polling
import Synchronization

/// Sends each sink one event that says of itself that it is a test. Nothing is recorded, and no database is needed:
/// what is tried is the way to the receiver.
package struct SinkTest: Sendable {
  package struct Result: Sendable {
    package let sink: String
    /// `nil` when the sink took it.
    package let error: String?
    /// The HTTP status that a webhook's receiver answered with, if it did.
    package let status: Int?
    /// `nil` where nothing could be sent.
    package let took: Duration?
  }

  private let names: [String]
  private let sinks: ConfiguredSinks
  /// Those that `run` would not take.
  private let refused: [SinkError]
  private let answers = Answers()

  /// - Parameters:
  ///   - sinks: of `config`.
  ///   - database: the path of the database that the daemon would use.
  ///   - eventText: as of `RunService.run`.
  package init(
    _ sinks: [SinkSettings], of config: WatchConfig, database: String, environment: [String: String],
    eventText: (@Sendable ([UInt8]) -> [UInt8])?
  ) async {
    names = sinks.map(\.name)
    self.sinks = await ConfiguredSinks(
      sinks, environment: environment, proxy: config.proxySettings(environment),
      output: .standardOutput(showing: eventText), onAnswer: answers.record)
    // What does not answer now would be written to for ever.
    refused =
      await config.fileFindings(database: database).compactMap { $0.refusal as? SinkError } + self.sinks.refused
      + self.sinks.faults.filter { $0.status == .inputOutput }
  }

  /// Tries one after another, in the order of the configuration. One that `run` would refuse is sent nothing.
  package func run() async -> [Result] {
    var results: [Result] = []
    for name in names {
      if let refused = refused.first(where: { $0.sink == name }) {
        results.append(Result(sink: name, error: refused.cause, status: nil, took: nil))
        continue
      }
      guard let sink = sinks.all.first(where: { $0.name == name }) else { continue }
      let id = UUID().uuidString.lowercased()
      let item = OutboxItem(
        sequence: .zero, eventID: id, tag: TagID(rawValue: 0),
        body: Self.document(id: id, sink: sink.name, at: .now()), attempts: 0)
      let began = Moment.now().boot
      let outcome = await sink.write([item]).first
      results.append(
        Result(
          sink: sink.name, error: Self.error(outcome), status: answers.status(of: sink.name),
          took: .milliseconds(Moment.now().boot - began)))
    }
    sinks.close()
    return results
  }

  private static func error(_ outcome: DeliveryResult?) -> String? {
    switch outcome {
    case .delivered: nil
    case .failed(_, let error, _), .refused(_, _, let error, _): error
    case nil: "it was cut off"
    }
  }

  private final class Answers: Sendable {
    private let statuses = Mutex<[String: Int]>([:])

    @Sendable func record(_ sink: String, _ status: Int) { statuses.withLock { $0[sink] = status } }

    func status(of sink: String) -> Int? { statuses.withLock { $0[sink] } }
  }

  /// A CloudEvents 1.0 event and Standard Webhooks payload as the others are, of a type that is never recorded.
  static func document(id: String, sink: String, at time: Timestamp) -> [UInt8] {
    JSONOutput.members([
      "specversion": "1.0", "id": .string(id), "source": "urn:watcher:test", "type": "watcher.test",
      "time": .text(time), "timestamp": .text(time), "datacontenttype": "application/json",
      "data": .members([
        "schema": 1, "summary": .string("a test of the sink \(sink.safe(limit: 100)): no image has changed"),
        "sink": .string(sink), "message": "a test of this sink: no image has changed",
      ]),
    ]).bytes
  }
}
