import Config
import Delivery
import ImageModel
import Transport

/// The configured sinks, made.
struct ConfiguredSinks: Sendable {
  /// In the order of the configuration.
  let all: [any Sink]
  var files: [FileSink] { all.compactMap { $0 as? FileSink } }

  /// The client that was made here.
  private let own: HTTPClient?

  /// - Parameters:
  ///   - http: a client for the webhooks that somebody else closes; `nil` makes one.
  ///   - onAnswer: called with the status of each answer of a webhook's receiver.
  /// - Throws: a webhook's secret or header cannot be read. Found at the start, for later it would only delay.
  init(
    _ sinks: [SinkSettings], environment: [String: String], http: HTTPClient? = nil,
    onAnswer: @escaping @Sendable (_ sink: String, _ status: Int) -> Void = { _, _ in }
  ) throws(SinkError) {
    var all: [any Sink] = []
    let own = http == nil && sinks.contains(where: \.isWebhook) ? HTTPClient.forWebhooks() : nil
    let http = http ?? own
    for sink in sinks {
      switch sink.kind {
      case .stdout: all.append(StdoutSink(name: sink.name))
      case .file(let path): all.append(FileSink(name: sink.name, path: path))
      case .webhook(let settings):
        guard let http else { continue }
        let target = try settings.target(of: sink.name, environment)
        let webhook = WebhookSink(name: sink.name, target: target) { request throws(TransportError) in
          let response = try await http.send(request)
          onAnswer(sink.name, response.status)
          return response
        }
        if let reason = webhook.problem { throw SinkError(sink: sink.name, reason: reason) }
        all.append(webhook)
      }
    }
    self.all = all
    self.own = own
  }

  /// After the workers have ended.
  func close() { own?.shutdown() }
}

extension SinkSettings {
  var isWebhook: Bool {
    if case .webhook = kind { true } else { false }
  }
}

extension HTTPClient {
  /// The webhooks' own, so that registries and receivers do not wait for each other's connections.
  static func forWebhooks() -> HTTPClient {
    HTTPClient(userAgent: ProductInfo.userAgent, maxConnectionsPerHost: 64)
  }
}

/// A sink that cannot be used as it is configured.
package struct SinkError: Error, Hashable, Sendable, CustomStringConvertible {
  package let sink: String
  /// One line, with what to do.
  package let reason: String

  package var description: String { "the sink \(sink.safe()) cannot be used (\(reason)): correct the configuration" }
}

extension WebhookSettings {
  func target(of sink: String, _ environment: [String: String]) throws(SinkError) -> WebhookTarget {
    func path(_ file: SecretFile) throws(SinkError) -> String {
      guard let path = file.resolve(environment: environment) else {
        throw SinkError(sink: sink, reason: "CREDENTIALS_DIRECTORY is not set; \(SecretFile.directoryHint)")
      }
      return path
    }
    var target = WebhookTarget(
      url: url, timeoutSeconds: timeoutSeconds, allowHTTP: allowHTTP,
      addresses: network == .public ? .publicOnly : .denyLinkLocal, maxInFlight: maxInFlight)
    for file in [secretFile, secretPreviousFile] {
      if let file { target.secretFiles.append(try path(file)) }
    }
    target.headers = headers
    for (name, file) in headerFiles { target.headerFiles[name] = try path(file) }
    if let contentType { target.contentType = contentType }
    if let retryScheduleSeconds { target.schedule = RetrySchedule(seconds: retryScheduleSeconds) }
    return target
  }
}
