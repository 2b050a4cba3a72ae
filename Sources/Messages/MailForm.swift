import ImageModel

/// What a mail about an event is made of, beside the event. Source: docs/decisions/0043-what-a-mail-is.md; RFC 5322.
package struct MailForm: Hashable, Sendable {
  /// Addresses of ASCII, as `MailAddress` takes them.
  package let from: String
  package let to: [String]
  /// `nil`: the summary, which also stands in for one that comes out blank.
  package let subject: TextTemplate?
  /// Where the pages are that a mail leads to, if there are any.
  package let publicURL: String?

  package init(from: String, to: [String], subject: TextTemplate? = nil, publicURL: String? = nil) {
    (self.from, self.to, self.subject, self.publicURL) = (from, to, subject, publicURL)
  }

  /// Of a text in many lines, in characters.
  private static let detailsLength = 64 * 1_024
  /// No text in quoted-printable has it: there `=` is followed by two digits or the end of the line (RFC 2045, 6.7).
  private static let boundary = "=_watcher"

  /// The mail of an event's document, the same at every attempt; lines end with CR and LF, and have at most 998 bytes.
  package func mail(of document: [UInt8]) -> [UInt8] {
    let message = Message(document: document, publicURL: publicURL)
    let lines = message.lines(within: Self.detailsLength)
    let parts = [
      Self.part(
        "plain",
        ([message.summary, ""] + lines + (message.link.isEmpty ? [] : ["", message.link])).joined(separator: "\n")),
      Self.part("html", Self.html(message, lines)),
    ]
    let text = (headers(message) + [""] + parts.flatMap { ["--\(Self.boundary)"] + $0 } + ["--\(Self.boundary)--", ""])
    return Array(text.joined(separator: "\r\n").utf8)
  }

  private func headers(_ message: Message) -> [String] {
    let domain = from.split(separator: "@").last ?? "localhost"
    let instance = Self.name(message.source.split(separator: ":").last ?? "")
    let own = subject?.text(message) ?? ""
    let subject = own.contains { !$0.isWhitespace } ? own : message.summary
    let date = Timestamp(rfc3339: message.time) ?? Timestamp(milliseconds: 0)
    return [
      MailHeader.list("From", [from]), MailHeader.list("To", to), MailHeader.text("Subject", subject),
      "Date: \(MailHeader.date(date))", "Message-ID: <\(Self.name(message.id[...]))@\(domain)>",
      // RFC 2919, and RFC 3834: so that no vacation responder answers.
      "List-Id: <\(instance).\(domain)>", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=\"\(Self.boundary)\"",
    ]
  }

  /// An identifier as part of another: letters, digits and hyphens.
  private static func name(_ text: Substring) -> String {
    let scalars = text.unicodeScalars.prefix(48).map { scalar -> Character in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? Character(scalar) : "-"
    }
    return scalars.isEmpty ? "unknown" : String(scalars)
  }

  private static func part(_ subtype: String, _ text: String) -> [String] {
    [
      "Content-Type: text/\(subtype); charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
      QuotedPrintable.text(text),
    ]
  }

  private static func html(_ message: Message, _ lines: [String]) -> String {
    let summary = message.summary.html
    let list = lines.isEmpty ? [] : ["<ul>"] + lines.map { "<li>\($0.html)</li>" } + ["</ul>"]
    let head = ["<!DOCTYPE html>", "<html><head><meta charset=\"utf-8\"><title>\(summary)</title></head><body>"]
    let link = message.link.html
    let more = link.isEmpty ? [] : ["<p><a href=\"\(link)\">\(link)</a></p>"]
    return (head + ["<p><strong>\(summary)</strong></p>"] + list + more + ["</body></html>"]).joined(separator: "\n")
  }
}
