import Host
import ImageModel
import Messages
package import Transport

/// Sends a mail for each event to all recipients. Source: docs/decisions/0043-what-a-mail-is.md.
package final class EmailSink: Sink {
  package typealias Send = @Sendable (MailRequest) async throws(MailFailure) -> Void

  package let name: String
  private let target: MailTarget
  private let passwordFile: SecretText?
  private let send: Send

  /// - Parameter send: hands a mail over, as `MailClient.send` does.
  package init(name: String, target: MailTarget, send: @escaping Send) {
    (self.name, self.target, self.send) = (name, target, send)
    passwordFile = target.passwordFile.map { SecretText(path: $0) }
  }

  package var looks: [SinkLook] {
    let password = passwordFile.map { file in
      SinkLook(setting: "password_file", path: file.path) { [self] in
        do throws(BadPassword) { _ = try login() } catch { return error.message }
        return nil
      }
    }
    let authority = target.caFile.map { path in
      SinkLook(setting: "ca_file", path: path) { [tls] in
        tls.faults.first.map { "the file \(path.safe()) cannot be used: \($0.reason)" }
      }
    }
    return [password, authority].compactMap(\.self)
  }

  package var longestDelay: Duration { target.schedule.longestDelay }

  /// Servers count connections.
  package var maxInFlight: Int? { 1 }

  /// A refusal is known when the server has said goodbye as well, which may take as long again.
  package var patience: Duration { .seconds(2 * target.timeoutSeconds + Limits.stuckSeconds) }

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

  /// `nil` when the task was cancelled: whether the mail arrived is not known, and it was no failure.
  private func deliver(_ item: OutboxItem) async -> DeliveryResult? {
    var request = MailRequest(
      server: target.server, from: target.form.from, to: target.form.to, mail: target.form.mail(of: item.body),
      totalSeconds: target.timeoutSeconds)
    (request.tls, request.needsTLS) = (tls, target.needsTLS)
    do throws(BadPassword) {
      request.login = try login()
    } catch {
      return .failed(item, error: error.message, next: .withSink)
    }
    do throws(MailFailure) {
      try await send(request)
      return .delivered(sequence: item.sequence)
    } catch {
      if error.stage == .cancelled { return nil }
      var random = SystemRandomNumberGenerator()
      let delay = target.schedule.delay(afterAttempts: item.attempts + 1, retryAfterSeconds: nil, using: &random)
      return .failed(item, error: message(of: error), next: delay.map { .after($0) } ?? .byHand)
    }
  }

  private func message(of failure: MailFailure) -> String {
    let advice: String? =
      switch failure.tlsProblem {
      case .plainHTTP: "it seems to begin without TLS there; write smtp://, which asks for STARTTLS"
      case let problem: problem?.adviceForSink(caFile: target.caFile, place: "server") ?? failure.advice
      }
    return failure.what + (advice.map { "; \($0)" } ?? "") + (failure.reason.map { " (\($0))" } ?? "")
  }

  private var tls: TLSSettings { TLSSettings(caFile: target.caFile) }

  private struct BadPassword: Error {
    let message: String
  }

  private func login() throws(BadPassword) -> MailRequest.Login? {
    guard let username = target.username, let passwordFile else { return nil }
    do throws(SecretText.Failure) {
      let password = try passwordFile.read().text
      guard !password.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
        throw SecretText.Failure(reason: "it holds more than one line")
      }
      return MailRequest.Login(username: username, password: password)
    } catch {
      throw BadPassword(message: "the file \(passwordFile.path.safe()) cannot be used: \(error.reason); correct it")
    }
  }
}
