import Foundation
import ImageModel
import StrictJSON
import TestSupport
import Testing

@testable import Messages

/// Mails as a parser reads them that is not ours: Python's `email`.
@Suite(.timeLimit(.minutes(1))) struct MailTests {
  private struct Read: Decodable {
    let headers: [[String]]
    let parts: [Part]
    let defects: [String]
    /// What stands in the elements `strong`, `title` and `li` of the HTML, and which others there are.
    let strong: [String]
    let title: [String]
    let li: [String]
    let tags: [String]

    struct Part: Decodable {
      let type: String
      let charset: String
      let text: String
    }

    func header(_ name: String) -> String? { headers.first { $0[0] == name }?[1] }
  }

  private static let program = #"""
    from email import message_from_bytes
    from email.policy import default
    from html.parser import HTMLParser
    from json import dumps
    from sys import argv
    class Page(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.tags, self.texts = [], [], {"strong": [], "title": [], "li": []}
        def handle_starttag(self, tag, attrs):
            self.tags.append(tag)
            if tag in self.texts:
                self.open.append(tag)
                self.texts[tag].append("")
        def handle_endtag(self, tag):
            if self.open and self.open[-1] == tag: self.open.pop()
        def handle_data(self, data):
            if self.open: self.texts[self.open[-1]][-1] += data
    for path in argv[1:]:
        mail = message_from_bytes(open(path, "rb").read(), policy=default)
        parts = list(mail.iter_parts())
        page = Page()
        page.feed(parts[1].get_content())
        defects = [d for part in [mail] + parts for d in part.defects]
        defects += [d for value in mail.values() for d in value.defects]
        print(dumps({
            "headers": [[name, str(value)] for name, value in mail.items()], "defects": [repr(d) for d in defects],
            "parts": [{"type": p.get_content_type(), "charset": p.get_content_charset(),
                       "text": p.get_content().replace("\r\n", "\n")} for p in parts],
            "tags": sorted(set(page.tags)), **page.texts}))
    """#

  private func read(_ mails: [[UInt8]]) throws -> [Read] {
    let directory = try TemporaryDirectory()
    func path(_ name: String) -> String { "\(directory.path)/\(name)" }
    for (index, mail) in mails.enumerated() { try Data(mail).write(to: URL(filePath: path("\(index)"))) }
    let child = try Child(
      "python3", ["-c", Self.program] + mails.indices.map { path("\($0)") }, stdout: path("out"), stderr: path("err"))
    let status = try child.finish()
    try #require(status == 0, "\((try? String(contentsOfFile: path("err"), encoding: .utf8)) ?? "")")
    let lines = try String(contentsOfFile: path("out"), encoding: .utf8).split(separator: "\n")
    let read = try lines.map { try JSONDecoder().decode(Read.self, from: Data($0.utf8)) }
    try #require(read.count == mails.count)
    return read
  }

  private static let names = [
    "From", "To", "Subject", "Date", "Message-ID", "List-Id", "Auto-Submitted", "MIME-Version", "Content-Type",
  ]

  @Test func samplesAreWhatTheySay() throws {
    let to = (1...20).map { "somebody-with-a-long-name-\($0)@mail.example.org" }
    let form = MailForm(from: "watcher@example.org", to: to)
    let mails = SampleDocuments.all.map { form.mail(of: $0.document) }
    for (sample, (mail, bytes)) in zip(SampleDocuments.all, zip(try read(mails), mails)) {
      let message = Message(document: sample.document)
      #expect(mail.defects.isEmpty && mail.headers.map { $0[0] } == Self.names, "\(sample.name)")
      #expect(mail.header("Subject") == message.summary)
      #expect(mail.header("To") == to.joined(separator: ", ") && mail.header("From") == "watcher@example.org")
      #expect(mail.header("Message-ID") == "<\(message.id)@example.org>")
      #expect(mail.header("Auto-Submitted") == "auto-generated")
      #expect(mail.parts.map(\.type) == ["text/plain", "text/html"] && mail.parts.allSatisfy { $0.charset == "utf-8" })
      #expect(mail.parts[0].text == ([message.summary, ""] + message.lines).joined(separator: "\n"), "\(sample.name)")
      #expect(mail.strong == [message.summary] && mail.title == [message.summary] && mail.li == message.lines)
      #expect(Set(mail.tags).isSubset(of: ["html", "head", "meta", "title", "body", "p", "strong", "ul", "li"]))
      expectLines(bytes)
      #expect(form.mail(of: sample.document) == bytes, "it is the same at every attempt")
    }
  }

  /// With pages that people reach.
  @Test func aMailLeadsToThePage() throws {
    let form = MailForm(from: "watcher@example.org", to: ["o@example.org"], publicURL: "https://w.example")
    let page = "https://w.example/tags/docker.io/library/amazonlinux:latest"
    let bytes = form.mail(of: SampleDocuments.document("tag.moved"))
    let mail = try #require(try read([bytes]).first)
    #expect(
      mail.parts[0].text.hasSuffix("\n\n\(page)") && mail.parts[1].text.contains("<a href=\"\(page)\">\(page)</a>"))
    #expect(mail.tags.contains("a") && mail.defects.isEmpty)
    expectLines(bytes)
  }

  @Test func datesAndInstances() throws {
    let form = MailForm(from: "watcher@example.org", to: ["ops@example.org"])
    let mail = try #require(try read([form.mail(of: SampleDocuments.document("tag.moved"))]).first)
    #expect(mail.header("Date") == "Thu, 17 Sep 2026 21:30:05 +0000")
    #expect(mail.header("List-Id") == "<0d4c7f3e-6a51-4f0e-9d28-5b1f6c2a7e91.example.org>")
    for (time, words) in [
      ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
      ("2000-02-29T23:59:59.999Z", "Tue, 29 Feb 2000 23:59:59 +0000"),
      ("1969-12-31T12:00:00Z", "Wed, 31 Dec 1969 12:00:00 +0000"),
      ("2027-12-31T23:00:00+02:00", "Fri, 31 Dec 2027 21:00:00 +0000"),
    ] { #expect(MailHeader.date(try #require(Timestamp(rfc3339: time))) == words) }
  }

  /// At most 998 bytes (RFC 5322, 2.1.1), here 78, of ASCII, and no line end but CR LF.
  private func expectLines(_ mail: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    let text = String(decoding: mail, as: UTF8.self)
    let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(lines.allSatisfy { $0.utf8.count <= 78 }, sourceLocation: sourceLocation)
    #expect(
      text.utf8.allSatisfy { (0x20...0x7e).contains($0) || $0 == 0x0d || $0 == 0x0a }, sourceLocation: sourceLocation)
    #expect(lines.allSatisfy { !$0.utf8.contains(0x0d) && !$0.utf8.contains(0x0a) }, sourceLocation: sourceLocation)
  }

  /// Whatever somebody writes into a label is the subject's text, and no header of its own.
  @Test func nothingBecomesAHeader() throws {
    let texts = [
      "a\r\nBcc: all@example.org\r\n\r\nhello", "\u{0}\u{85}\u{2028}x", "=?utf-8?Q?=0ABcc:_x?=", "  two  blanks ",
      "",
      String(repeating: "long", count: 100), String(repeating: "日本語😀", count: 60), "--=_watcher--",
      "a\u{301}\u{fe0f}",
      ".", "From nobody", "\"quoted\" <a@b.example>, c",
    ]
    let template = try StrictJSON.parse(
      Array(#""{{label.x}}|{{details}}""#.utf8), limits: JSONLimits(bytes: 100, values: 1))
    let form = MailForm(
      from: "w@example.org", to: ["ops@example.org"],
      subject: try TextTemplate(try #require(template.string), in: template))
    let documents = texts.map { text in
      JSONOutput.members([
        "id": .string(text), "source": .string(text), "type": "watcher.tag.deleted", "time": "2026-09-17T21:30:05Z",
        "sequence": "000000000001",
        "data": .members([
          "registry": "r.example", "repository": "app", "tag": "1", "summary": .string(text),
          "labels": .members(["x": .string(text)]),
        ]),
      ]).bytes
    }
    let mails = documents.map(form.mail)
    for (text, (mail, bytes)) in zip(texts, zip(try read(mails), mails)) {
      expectLines(bytes)
      #expect(mail.headers.map { $0[0] } == Self.names && mail.parts.count == 2, "\(text.debugDescription)")
      let wanted =
        String(
          String.UnicodeScalarView(
            text.unicodeScalars.map { $0.properties.generalCategory == .control || "\u{2028}" == $0 ? " " : $0 })) + "|"
      #expect(mail.header("Subject") == wanted, "\(text.debugDescription)")
      #expect(mail.strong == [text.safe()])
    }
  }
}
