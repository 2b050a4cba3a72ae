import Foundation
import ImageModel
import Messages
import TestSupport
import Testing
import Transport

@testable import Delivery

/// A mail server that many have, Debian's.
@Suite(.timeLimit(.minutes(1))) struct EximTests {
  private static let exim = "/usr/sbin/exim4"
  private static let isThere = FileManager.default.isExecutableFile(atPath: exim) && geteuid() == 0

  /// Takes mail over TLS alone, from one user, and keeps it in its spool.
  private static func configuration(_ directory: String, certificate: String, key: String) -> String {
    """
    keep_environment =
    primary_hostname = mail.test
    queue_only
    spool_directory = \(directory)/spool
    log_file_path = \(directory)/%slog
    pid_file_path = \(directory)/pid
    tls_advertise_hosts = *
    tls_certificate = \(certificate)
    tls_privatekey = \(key)
    auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}
    acl_smtp_rcpt = rcpt
    acl_smtp_data = data
    begin acl
    rcpt:
      deny message = log in first
           !authenticated = *
      deny message = nobody of that name
           recipients = nobody@example.org
      accept
    data:
      accept
    begin authenticators
    plain:
      driver = plaintext
      public_name = PLAIN
      server_prompts = :
      server_condition = ${if and{{eq{$auth2}{watcher}}{eq{$auth3}{geheim}}}}
      server_set_id = $auth2

    """
  }

  @Test(.enabled(if: isThere, "exim4-daemon-light is not installed, or this is not root"))
  func takesAMail() async throws {
    let certificates = try Certificates()
    let files = try certificates.make(.good)
    let directory = certificates.folder.path
    _ = try certificates.write(
      Self.configuration(directory, certificate: files.certificate, key: files.key), to: "exim.conf")
    let password = try certificates.write("geheim", to: "password")
    // Exim reads and writes as a user of its own.
    for path in [directory, files.key] { chmod(path, 0o777) }
    let port = try freePort()
    let log = certificates.path("said")
    let child = try Child(
      Self.exim, ["-C", certificates.path("exim.conf"), "-bdf", "-oX", "\(port)", "-oP", certificates.path("pid")],
      stdout: log, stderr: log)
    defer { child.terminate() }
    await eventually("exim listens") { (try? TCPClient(port: port)) != nil }

    func send(to: [String], _ password: String) async -> DeliveryResult? {
      var target = MailTarget(
        server: "smtp://127.0.0.1:\(port)", form: MailForm(from: "watcher@example.org", to: to), timeoutSeconds: 30)
      target.caFile = certificates.caFile
      (target.username, target.passwordFile) = ("watcher", password)
      let item = OutboxItem(
        sequence: 1, eventID: "e1", tag: TagID(rawValue: 1), body: Array(Self.event.utf8), attempts: 0)
      return await EmailSink(name: "mail", target: target, send: MailClient().send).write([item]).first
    }
    let refused = try #require(await send(to: ["ops@example.org", "nobody@example.org"], password)?.failure)
    #expect(refused.error.contains("answered 550 to the recipient nobody@example.org (nobody of that name)"))
    let wrong = try #require(await send(to: ["ops@example.org"], certificates.write("x", to: "other"))?.failure)
    #expect(wrong.error.contains("answered 535 to the log-in"), "\(wrong.error)")
    #expect(await send(to: ["ops@example.org"], password) == .delivered(sequence: 1))
    let spool = directory + "/spool/input"
    let kept = (try FileManager.default.contentsOfDirectory(atPath: spool)).sorted()
    #expect(kept.count == 2 && kept[0].hasSuffix("-D") && kept[1].hasSuffix("-H"), "one mail")
    let (body, head) = (try text(spool, kept[0]), try text(spool, kept[1]))
    #expect(head.contains("Message-ID: <e1@example.org>\n") && head.contains("Auto-Submitted: auto-generated\n"))
    #expect(head.contains("-auth_id watcher\n") && head.contains("-tls_cipher "), "\(head)")
    #expect(body.contains("\n.a line that begins with a point\n") && body.hasSuffix("\n--=_watcher--\n"), "\(body)")
  }

  private func text(_ folder: String, _ name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
  }

  private static let event = """
    {"specversion":"1.0","id":"e1","source":"urn:watcher:test","type":"watcher.test","time":"2026-09-17T21:30:05Z",\
    "data":{"summary":".a line that begins with a point"}}
    """

  private func freePort() throws -> Int {
    let server = try LoopbackServer { _ in ScriptedResponse(200) }
    defer { server.stop() }
    return try #require(server.origin.split(separator: ":").last.flatMap { Int($0) })
  }
}
