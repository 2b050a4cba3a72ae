import Config
import Delivery
import Host
package import ImageModel
import Messages
import Transport

/// The configured sinks, made.
struct ConfiguredSinks: Sendable {
  /// In the order of the configuration, without those that could not be made.
  let all: [any Sink]
  /// Why some cannot sign or have not their headers: later it would only be found with the first event, perhaps in
  /// weeks.
  let refused: [SinkError]
  /// Why some fail as things are, and are at work all the same: a file's directory may come yet.
  let faults: [SinkError]

  /// The client that was made here.
  private let own: HTTPClient?

  /// Looks at what they name as well, at each for so long as is promised.
  ///
  /// - Parameters:
  ///   - http: a client for the webhooks that somebody else closes; `nil` makes one.
  ///   - proxy: for the client that is made.
  ///   - output: where sinks of type `stdout` write.
  ///   - onAnswer: called with the status of each answer of a webhook's receiver.
  init(
    _ sinks: [SinkSettings], environment: [String: String], http: HTTPClient? = nil, proxy: ProxySettings? = nil,
    output: LineOutput = .standardOutput,
    onAnswer: @escaping @Sendable (_ sink: String, _ status: Int) -> Void = { _, _ in }
  ) async {
    var all: [any Sink] = []
    var refused: [SinkError] = []
    let own = http == nil && sinks.contains(where: \.isWebhook) ? HTTPClient.forWebhooks(proxy) : nil
    let http = http ?? own
    for sink in sinks {
      switch sink.kind {
      case .stdout: all.append(StdoutSink(name: sink.name, output: output))
      case .file(let path):
        all.append(FileSink(name: sink.name, path: path))
      case .webhook(let settings):
        guard let http else { continue }
        let target: WebhookTarget
        do throws(SinkError) {
          target = try settings.target(of: sink.name, environment)
        } catch {
          refused.append(error)
          continue
        }
        let webhook = WebhookSink(name: sink.name, target: target) { request throws(TransportError) in
          let response = try await http.send(request)
          onAnswer(sink.name, response.status)
          return response
        }
        all.append(webhook)
      case .email(let settings):
        do throws(SinkError) {
          let target = try settings.target(of: sink.name, environment)
          all.append(EmailSink(name: sink.name, target: target, send: MailClient().send))
        } catch {
          refused.append(error)
        }
      }
    }
    let looks = all.flatMap { sink in sink.looks.map { (sink: sink.name, look: $0) } }
    let results = await looks.looked(within: Limits.lookSeconds) { $0.look.reason() }
    let found = zip(looks, results).compactMap { (look, result) in
      look.look.fault(result).map { (error: SinkError(sink: look.sink, $0), isUntrue: $0.isUntrue) }
    }
    self.all = all
    self.refused = refused + found.filter(\.isUntrue).map(\.error)
    faults = found.filter { !$0.isUntrue }.map(\.error)
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
  static func forWebhooks(_ proxy: ProxySettings?) -> HTTPClient {
    HTTPClient(userAgent: ProductInfo.userAgent, maxConnectionsPerHost: 64, proxy: proxy)
  }
}

/// A sink that cannot be used as it is configured.
package struct SinkError: Error, Hashable, Sendable, CustomStringConvertible {
  package let sink: String
  /// The key of the setting that names what is no good; of a header's file, the header.
  let setting: String
  /// One line.
  package let reason: String
  var hint: String?
  /// Whether it only cannot be looked at from here: a credential of the service manager, outside of the service.
  var isUnseen = false
  /// Of a command that ends because of it. What does not answer now may do so later: the service manager tries again.
  package var status = ExitCode.configuration

  /// What is wrong with it, where the sink is named beside.
  var cause: String { "\(setting.safe()): \(reason)" + (hint.map { "; \($0)" } ?? "") }

  package var description: String {
    "the sink \(sink.safe()) cannot be used (\(setting.safe()): \(reason)): \(hint ?? "correct the configuration")"
  }
}

extension SinkError {
  init(sink: String, _ fault: SinkFault) {
    self.init(sink: sink, setting: fault.setting, reason: fault.reason)
    if fault.isUnanswered { status = .inputOutput }
  }
}
