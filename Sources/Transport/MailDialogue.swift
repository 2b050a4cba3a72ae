import ImageModel

/// What was said in a dialogue by SMTP, as far as it tells where it ended. Source: RFC 5321, section 4.2.
struct MailDialogue {
  enum Step: Hashable {
    case greeting, tls, login, sender
    case recipient(Int)
    case content
  }

  private(set) var step = Step.greeting
  private(set) var receivedBytes = 0
  /// Whether it was begun.
  private(set) var didLogIn = false
  /// The lines of the last reply; empty while one is waited for.
  private var reply: [String] = []
  private var isReplyComplete = false
  /// Replies to a goodbye say nothing of the mail.
  private var isOver = false
  /// What proved who we are.
  private var secrets: [String]

  private static let replyLines = 16

  init(secrets: [String]) { self.secrets = secrets }

  /// A line of ours with its end.
  mutating func sent(_ line: String) {
    let next: Step? =
      switch line {
      case _ where line.hasPrefix("MAIL FROM:"): .sender
      // What proves who we are may look like anything else.
      case _ where step == .login: nil
      case _ where line.hasPrefix("STARTTLS"): .tls
      case _ where line.hasPrefix("AUTH "): .login
      case _ where line.hasPrefix("RCPT TO:"):
        if case .recipient(let index) = step { .recipient(index + 1) } else { .recipient(0) }
      case _ where line.hasPrefix("DATA"): .content
      case _ where line.hasPrefix("EHLO"), _ where line.hasPrefix("HELO"): .greeting
      default: nil
      }
    isOver = isOver || step != .login && line.hasPrefix("QUIT")
    if isOver { return }
    step = next ?? step
    if step == .login {
      didLogIn = true
      // Behind the command and the mechanism.
      secrets += line.split { $0 == " " || $0.isNewline }.dropFirst(line.hasPrefix("AUTH ") ? 2 : 0).map(String.init)
    }
    (reply, isReplyComplete) = ([], false)
  }

  /// A line of the server's with its end.
  mutating func received(_ line: String) {
    if isOver { return }
    if isReplyComplete { reply = [] }
    if reply.count < Self.replyLines { reply.append(line) }
    isReplyComplete = line.dropFirst(3).first != "-"
  }

  mutating func count(_ bytes: Int) { receivedBytes += bytes }

  /// Of a refusal; `nil` where the last reply is none.
  var refusal: (code: Int, words: String?)? {
    guard isReplyComplete, let code = reply.last.flatMap({ Int($0.prefix(3)) }), (400...599).contains(code) else {
      return nil
    }
    let words = reply.map { $0.dropFirst(4).filter { !$0.isNewline } }.joined(separator: " ")
    let isSecret = secrets.contains { $0.utf8.count >= 4 && words.repeats($0) }
    return (code, isSecret ? "its reply repeats a secret" : words.isEmpty ? nil : words)
  }
}
