import FoundationEssentials
import Host
package import ImageModel
package import Messages
import Synchronization
package import Transport

/// Posts each event to a URL: its frozen bytes or the message that is made of them, with the headers of Standard
/// Webhooks.
package final class WebhookSink: Sink {
  package typealias Send = @Sendable (HTTPRequest) async throws(TransportError) -> HTTPResponse

  package let name: String
  private let target: WebhookTarget
  private let urlFile: SecretText?
  private let tokenFile: SecretText?
  private let secretFiles: [(setting: String, file: SecretText)]
  private let plainHeaders: [(name: String, value: String)]
  private let headerFiles: [(name: String, file: SecretText)]
  private let send: Send
  private let now: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - send: makes a request, as `HTTPClient.send` does.
  ///   - now: the wall clock, for `webhook-timestamp`.
  package init(
    name: String, target: WebhookTarget, now: @escaping @Sendable () -> Timestamp = { Timestamp.now() },
    send: @escaping Send
  ) {
    self.name = name
    self.target = target
    self.now = now
    self.send = send
    if case .file(let path, _) = target.address { urlFile = SecretText(path: path) } else { urlFile = nil }
    tokenFile = target.tokenFile.map { SecretText(path: $0) }
    secretFiles = zip(["secret_file", "secret_previous_file"], target.secretFiles).map { ($0, SecretText(path: $1)) }
    plainHeaders = target.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    headerFiles = target.headerFiles.sorted { $0.key < $1.key }.map { ($0.key, SecretText(path: $0.value)) }
  }

  /// Secrets that cannot be read or are none, and authorities that cannot be trusted for want of their certificate.
  package var looks: [SinkLook] {
    let places = [
      urlFile.map { file in Self.look("url_file", file) { () throws(SecretFailure) in _ = try self.url() } },
      tokenFile.map { file in Self.look("token_file", file) { () throws(SecretFailure) in _ = try self.token() } },
    ]
    return tlsLooks + places.compactMap(\.self)
      + secretFiles.map { setting, file in
        Self.look(setting, file) { () throws(SecretFailure) in _ = try self.secret(file) }
      }
      + headerFiles.map { name, file in
        Self.look(name, file) { () throws(SecretFailure) in _ = try self.headerValue(file) }
      }
  }

  private var tlsLooks: [SinkLook] {
    let files: [(TLSFileFault.File, String?)] = [
      (.ca, target.caFile), (.clientCert, target.clientCertFile), (.clientKey, target.clientKeyFile),
    ]
    return files.compactMap { file, path in
      guard let path else { return nil }
      return SinkLook(setting: file.key, path: path) { [tls] in
        tls.faults.first { $0.file == file }.map { "the file \(path.safe()) cannot be used: \($0.reason)" }
      }
    }
  }

  private var tls: TLSSettings {
    TLSSettings(
      caFile: target.caFile, clientCertFile: target.clientCertFile, clientKeyFile: target.clientKeyFile)
  }

  private static func look(
    _ setting: String, _ file: SecretText, _ read: @escaping @Sendable () throws(SecretFailure) -> Void
  ) -> SinkLook {
    SinkLook(setting: setting, path: file.path, isUntrue: true) {
      do throws(SecretFailure) {
        try read()
        return nil
      } catch {
        return error.message
      }
    }
  }

  package var longestDelay: Duration { target.schedule.longestDelay }

  package var maxInFlight: Int? { min(target.maxInFlight, target.content.format?.atOnce ?? target.maxInFlight) }

  package var paces: [MessageFormat.Pace] { target.content.format?.paces ?? [] }

  package var patience: Duration { .seconds(target.timeoutSeconds + Limits.stuckSeconds) }

  /// One after another, up to the first that fails.
  package func write(_ items: [OutboxItem]) async -> [DeliveryResult] {
    var results: [DeliveryResult] = []
    for item in items {
      guard let result = await deliver(item) else { break }
      results.append(result)
      guard case .delivered = result else { break }
    }
    return results
  }

  /// What may be secret in texts: everything between punctuation that is too long to be an ordinary word.
  private static func words(of texts: [String]) -> [String] {
    texts.flatMap { $0.split { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") } }
      .map(String.init).filter { $0.utf8.count >= 8 }
  }

  /// What is a secret as it stands, however short.
  private static func whole(_ secrets: [String]) -> [String] { secrets.filter { $0.utf8.count >= 4 } }

  /// `nil` when the task was cancelled: whether the event arrived is not known, and it was no failure.
  private func deliver(_ item: OutboxItem) async -> DeliveryResult? {
    switch await post(item) {
    case nil: nil
    case .delivered: .delivered(sequence: item.sequence)
    case .gone(let error): .failed(item, error: error, next: .sinkDisabled)
    case .notSent(let error): .failed(item, error: error, next: .withSink)
    case .failed(let error, let retryAfter): .failed(item, error: error, next: onSchedule(item, retryAfter))
    case .never(let error): .failed(item, error: error, next: .byHand)
    case .refused(let error, let refusal):
      .refused(item, refusal, error: error, next: next(item, after: refusal))
    }
  }

  private func onSchedule(_ item: OutboxItem, _ retryAfterSeconds: Int?, isTooMany: Bool = false) -> NextAttempt {
    var random = SystemRandomNumberGenerator()
    return target.schedule.delay(
      afterAttempts: item.attempts + 1, retryAfterSeconds: retryAfterSeconds, isTooMany: isTooMany, using: &random
    ).map { .after($0) } ?? .byHand
  }

  /// Who says how long to wait is believed for a day with each event; then it counts as any failure does.
  private func next(_ item: OutboxItem, after refusal: Refusal) -> NextAttempt {
    guard let asked = refusal.asked else { return onSchedule(item, nil, isTooMany: true) }
    let patience = Int64(Limits.webhookRetryAfterSeconds) * 1_000
    let isPatient = item.refusedSince.map { now().milliseconds - $0.milliseconds < patience } ?? true
    return isPatient ? .withSink : onSchedule(item, Int(asked.components.seconds))
  }

  private func post(_ item: OutboxItem) async -> WebhookVerdict? {
    let secretHeaders: [(name: String, value: String)]
    let secrets: [WebhookSecret]
    let (url, token): (String, String)
    let now = now()
    let sent = String(now.milliseconds / 1_000)
    do throws(SecretFailure) {
      secretHeaders = try readHeaders()
      secrets = try readSecrets()
      (url, token) = (try self.url(), try self.token())
    } catch {
      return .notSent(error.message)
    }
    let message = target.content.request(
      of: item.body, id: item.eventID, url: url, token: token, method: target.method, publicURL: target.publicURL)
    var headers = plainHeaders + secretHeaders + message.headers.map { ($0.name, $0.value) }
    headers.append(("Content-Type", target.contentType ?? message.contentType))
    headers.append(("webhook-id", item.eventID))
    headers.append(("webhook-timestamp", sent))
    if !secrets.isEmpty {
      // During a rotation both signatures, so that receivers change over when they like.
      let signatures = secrets.map { $0.signature(id: item.eventID, timestamp: sent, body: message.body) }
      headers.append(("webhook-signature", signatures.joined(separator: " ")))
    }
    let receiver = Origin(url: url)?.description ?? "the receiver"
    do throws(TransportError) {
      let response = try await send(request(message, headers))
      return WebhookVerdict(
        response, receiver: receiver, now: now,
        // Parts of the URL as well, as it is configured, may be repeated by a reply, and read by nobody.
        secrets: Self.words(of: [url]).filter { !receiver.lowercased().contains($0.lowercased()) }
          + Self.words(of: secretHeaders.map(\.value) + [token]) + Self.whole(secretHeaders.map(\.value) + [token]),
        of: target.content)
    } catch {
      return error.code == .cancelled
        ? nil : .failed("\(receiver): \(error.forSink(caFile: target.caFile).message)", retryAfterSeconds: nil)
    }
  }

  private func request(_ message: MessageRequest, _ headers: [(name: String, value: String)]) -> HTTPRequest {
    var request = HTTPRequest(
      message.method == .put ? .put : .post, url: message.url, headers: headers, body: message.body,
      bodyLimit: Limits.webhookReplyBytes, redirects: 0, tls: tls, allowPlainHTTP: target.allowHTTP,
      addresses: target.addresses)
    request.cutsBody = true
    request.errorBodyLimit = Limits.webhookReplyBytes
    request.headerLimit = Limits.responseHeaderBytes
    request.connectSeconds = min(Limits.connectSeconds, target.timeoutSeconds)
    request.totalSeconds = target.timeoutSeconds
    // A receiver may think for as long as it has.
    request.stallSeconds = target.timeoutSeconds
    return request
  }

  // MARK: Secrets

  private struct SecretFailure: Error {
    let message: String

    init(_ file: SecretText, _ reason: String) {
      message = "the file \(file.path.safe()) cannot be used: \(reason); correct it"
    }
  }

  private func url() throws(SecretFailure) -> String {
    switch target.address {
    case .url(let url): return url
    case .file(_, let mistake):
      guard let urlFile else { return "" }
      let url = try read(urlFile)
      if let mistake = mistake(url) { throw SecretFailure(urlFile, mistake) }
      return url
    }
  }

  private func token() throws(SecretFailure) -> String {
    guard let tokenFile else { return "" }
    return try headerValue(tokenFile)
  }

  private func readHeaders() throws(SecretFailure) -> [(name: String, value: String)] {
    var headers: [(name: String, value: String)] = []
    for (name, file) in headerFiles { headers.append((name, try headerValue(file))) }
    return headers
  }

  private func headerValue(_ file: SecretText) throws(SecretFailure) -> String {
    let value = try read(file)
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      throw SecretFailure(file, "it holds more than one line")
    }
    return value
  }

  private func readSecrets() throws(SecretFailure) -> [WebhookSecret] {
    var secrets: [WebhookSecret] = []
    for (_, file) in secretFiles { secrets.append(try secret(file)) }
    return secrets
  }

  private func secret(_ file: SecretText) throws(SecretFailure) -> WebhookSecret {
    let text = try read(file)
    do throws(WebhookSecret.Problem) {
      return try WebhookSecret(text)
    } catch {
      throw SecretFailure(file, error.reason)
    }
  }

  private func read(_ file: SecretText) throws(SecretFailure) -> String {
    do throws(SecretText.Failure) {
      return try file.read().text
    } catch {
      throw SecretFailure(file, error.reason)
    }
  }
}

extension TransportError {
  /// With the setting of the sink that has to be changed, where it is one.
  fileprivate func forSink(caFile: String?) -> TransportError {
    switch tlsProblem {
    case .plainHTTP:
      advising(
        "it seems to speak plain HTTP there; have it speak TLS, or, if meant, write http:// and \"allow_http\": true"
      )
    case let problem:
      if let advice = problem?.adviceForSink(caFile: caFile, place: "url") {
        advising(advice)
      } else if code == .network, url.hasPrefix("http://") {
        advising("try again later; if it speaks TLS there, write https:// in \"url\"")
      } else {
        self
      }
    }
  }
}

extension TLSProblem {
  /// With the setting of the sink that has to be changed.
  ///
  /// - Parameter place: the setting that names the server.
  func adviceForSink(caFile: String?, place: String) -> String? {
    switch self {
    case .expired: "its certificate has expired, unless this machine's clock is wrong"
    case .notYetValid: "its certificate is not valid yet: set this machine's clock"
    case .otherName: "its certificate is for another name; write that in \"\(place)\""
    case .unknownAuthority: TLSProblem.advice(caFile: caFile, setting: "the sink's ca_file")
    case .ownFile: "correct the sink's ca_file"
    case .plainHTTP, .other: nil
    }
  }
}
