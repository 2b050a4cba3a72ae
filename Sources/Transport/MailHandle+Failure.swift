import Addresses
import CCurl

extension MailHandle {
  /// What libcurl's result means; `nil` where the server has taken the mail.
  func failure(_ code: CURLcode) -> MailFailure? {
    if code == CURLE_OK { return nil }
    if let refusedAddress, code == CURLE_COULDNT_CONNECT {
      let (refusal, advice) = request.addresses.refusal(of: refusedAddress)
      return MailFailure(.connection, "\(server) is at \(refusedAddress), \(refusal)", advice: advice)
    }
    if code == CURLE_ABORTED_BY_CALLBACK { return .cancelled }
    if lacksLogin {
      return MailFailure(
        .login, "\(server) offers no log-in",
        advice: request.needsTLS
          ? "take out username and password_file if it wants none"
          : "set ca_file if it has one after STARTTLS, or take out username and password_file if it wants none")
    }
    if dialogue.receivedBytes > request.replyLimit {
      return MailFailure(stage, "\(server) says more than \(request.replyLimit) bytes", advice: "given up")
    }
    let reason = reason(code)
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST:
      return MailFailure(
        .connection, "\(server) cannot be looked up", reason: reason, advice: "check the name and this machine's DNS")
    case CURLE_COULDNT_CONNECT:
      return MailFailure(
        .connection, "no connection to \(server)", reason: reason, advice: "check that it is up and reachable")
    case CURLE_OPERATION_TIMEDOUT:
      return MailFailure(
        stage, "\(server) did not take the mail within \(request.totalSeconds) s", reason: "it was \(doing)",
        advice: laterAdvice)
    case CURLE_USE_SSL_FAILED where dialogue.refusal == nil: return withoutTLS
    case CURLE_LOGIN_DENIED where dialogue.refusal == nil:
      return MailFailure(.login, "\(server) offers neither AUTH PLAIN nor AUTH LOGIN", reason: reason)
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_PEER_FAILED_VERIFICATION,
      CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED:
      return MailFailure(
        .tls, "no TLS with \(server)", reason: reason, advice: "check its certificate and this machine's clock",
        tlsProblem: TLSProblem(reason))
    default: break
    }
    if let refusal = dialogue.refusal { return refused(refusal.code, refusal.words) }
    return MailFailure(
      stage, "the connection to \(server) broke off while it was \(doing)", reason: reason,
      advice: laterAdvice)
  }

  /// A server that speaks TLS from the start waits for the client to begin.
  private var laterAdvice: String {
    let isMute = dialogue.receivedBytes == 0 && request.server.lowercased().hasPrefix("smtp:")
    return isMute ? "write smtps:// if it speaks TLS from the start, or try again later" : "try again later"
  }

  private var withoutTLS: MailFailure {
    MailFailure(
      .tls, "\(server) offers no STARTTLS, and nothing is sent that can be read on the way",
      advice: "write smtps:// if it speaks TLS from the start; if it is meant to speak none, set \"allow_http\": true")
  }

  private func refused(_ code: Int, _ words: String?) -> MailFailure {
    let advice: String? =
      switch (stage, code) {
      case (.login, _): "correct username, or the file that password_file names"
      // RFC 4954, section 6; RFC 3207, section 4.
      case (_, 530) where request.login == nil: "set username and password_file if it wants a log-in"
      default: nil
      }
    return MailFailure(stage, code: code, "\(server) answered \(code) to \(subject)", reason: words, advice: advice)
  }

  private var server: String {
    guard let url = CurlURL(request.server) else { return "the mail server" }
    return "\(url.host):\(url.port)"
  }

  private var stage: MailFailure.Stage {
    switch dialogue.step {
    case .greeting: .greeting
    case .tls: .tls
    case .login: .login
    case .sender: .sender
    case .recipient(let index): .recipient(recipient(index))
    case .content: .content
    }
  }

  private func recipient(_ index: Int) -> String { index < request.to.count ? request.to[index] : "" }

  private var subject: String {
    switch dialogue.step {
    case .greeting: "the connection"
    case .tls: "STARTTLS"
    case .login: "the log-in"
    case .sender: "the sender \(request.from)"
    case .recipient(let index): "the recipient \(recipient(index))"
    case .content: "the mail"
    }
  }

  private var doing: String {
    switch dialogue.step {
    case .greeting: "waited for to begin"
    case .tls: "asked for TLS"
    case .login: "logged in to"
    case .sender, .recipient: "told of \(subject)"
    case .content: "given the mail"
    }
  }
}
