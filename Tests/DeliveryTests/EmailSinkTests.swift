import Foundation
import ImageModel
import Messages
import TestSupport
import Testing
import Transport

@testable import Delivery

/// Mails at a server that others wrote, and at peers that misbehave.
@Suite(.timeLimit(.minutes(2))) struct EmailSinkTests {
  private static let event = Array(
    """
    {"specversion":"1.0","id":"e1","source":"urn:watcher:test","type":"watcher.test","time":"2026-09-17T21:30:05Z",\
    "data":{"summary":"a test: no image has changed – ünïcode"}}
    """.utf8)

  private func item(attempts: Int = 0) -> OutboxItem {
    OutboxItem(sequence: 1, eventID: "e1", tag: TagID(rawValue: 1), body: Self.event, attempts: attempts)
  }

  private func target(_ server: String, to: [String] = ["ops@example.org"]) -> MailTarget {
    MailTarget(server: server, form: MailForm(from: "watcher@example.org", to: to), timeoutSeconds: 20)
  }

  private func sink(_ target: MailTarget) -> EmailSink {
    EmailSink(name: "mail", target: target, send: MailClient().send)
  }

  private func failure(_ target: MailTarget, attempts: Int = 0) async throws -> (error: String, next: NextAttempt) {
    let result = try #require(await sink(target).write([item(attempts: attempts)]).first)
    let failure = try #require(result.failure)
    return (failure.error, failure.next)
  }

  private static let wantsPython = "scripts/test makes a Python with the library and sets WATCHER_RECEIVER_PYTHON"

  // MARK: A server

  @Test(.enabled(if: MailServer.python != nil, "\(wantsPython)")) func oneMailGoesToAll() async throws {
    let server = try MailServer()
    var target = target("smtp://127.0.0.1:\(server.port)", to: ["ops@example.org", "dev@example.org"])
    target.needsTLS = false
    let items = [item(), item()]
    #expect(await sink(target).write(items) == items.delivered)
    let mails = try server.mails
    #expect(mails.count == 2 && mails[0].to == ["ops@example.org", "dev@example.org"] && !mails[0].tls)
    #expect(mails[0].subject == "a test: no image has changed – ünïcode" && mails[0].from == "watcher@example.org")
    #expect(mails.map(\.id) == ["<e1@example.org>", "<e1@example.org>"], "a repeated delivery can be recognised")
  }

  /// STARTTLS and TLS from the start, each with both mechanisms.
  @Test(
    .enabled(if: MailServer.python != nil, "\(wantsPython)"),
    arguments: [(false, "PLAIN"), (false, "LOGIN"), (true, "PLAIN"), (true, "LOGIN")])
  func logsInOverTLS(implicit: Bool, mechanism: String) async throws {
    let certificates = try Certificates()
    let files = try certificates.make(.good)
    let server = try MailServer([
      "certificate": files.certificate, "key": files.key, "implicit": implicit, "user": "watcher", "password": "geheim",
      "without": mechanism == "PLAIN" ? ["LOGIN"] : ["PLAIN"],
    ])
    let scratch = try Scratch()
    try scratch.put("password", "geheim\n")
    var target = target("\(implicit ? "smtps" : "smtp")://127.0.0.1:\(server.port)")
    target.caFile = certificates.caFile
    (target.username, target.passwordFile) = ("watcher", scratch.file("password"))
    #expect(await sink(target).write([item()]) == [item()].delivered)
    let mail = try #require(try server.mails.first)
    #expect(mail.tls && mail.user == "watcher")

    // Another password: known by the next attempt, without a restart.
    try scratch.put("password", "other-than-that\n")
    let (error, next) = try await failure(target)
    #expect(error.hasPrefix("127.0.0.1:\(server.port) answered 535 to the log-in; correct username"), "\(error)")
    #expect(!error.contains("other-than-that") && next != .byHand)
    #expect(server.count == 1)
  }

  @Test(
    .enabled(if: MailServer.python != nil, "\(wantsPython)"), arguments: [Certificates.Kind.wrongHost, .selfSigned])
  func anotherCertificateIsRefused(kind: Certificates.Kind) async throws {
    let certificates = try Certificates()
    let files = try certificates.make(kind)
    let server = try MailServer(["certificate": files.certificate, "key": files.key])
    var target = target("smtp://127.0.0.1:\(server.port)")
    target.caFile = certificates.caFile
    let (error, _) = try await failure(target)
    let advice = kind == .wrongHost ? "write that in \"server\"" : "the sink's ca_file"
    #expect(error.hasPrefix("no TLS with 127.0.0.1:\(server.port)") && error.contains(advice), "\(error)")
    #expect(server.count == 0)
  }

  /// Who is asked for TLS and has none is told nothing, the password least of all.
  @Test(.enabled(if: MailServer.python != nil, "\(wantsPython)")) func nothingIsSentUnencrypted() async throws {
    let server = try MailServer(["user": "watcher", "password": "geheim"])
    let scratch = try Scratch()
    try scratch.put("password", "geheim")
    var target = target("smtp://127.0.0.1:\(server.port)")
    (target.username, target.passwordFile) = ("watcher", scratch.file("password"))
    let (error, _) = try await failure(target)
    #expect(error.hasPrefix("127.0.0.1:\(server.port) offers no STARTTLS"), "\(error)")
    #expect(server.count == 0)
    let (implicit, _) = try await failure(self.target("smtps://127.0.0.1:\(server.port)"))
    #expect(implicit.contains("write smtp://, which asks for STARTTLS"), "\(implicit)")
    (target.username, target.passwordFile, target.needsTLS) = (nil, nil, false)
    let (anonymous, _) = try await failure(target)
    #expect(anonymous.contains("answered 530") && anonymous.contains("set username and password_file"), "\(anonymous)")
  }

  @Test(
    .enabled(if: MailServer.python != nil, "\(wantsPython)"),
    arguments: [
      ("recipients", "550 5.1.1 nobody here", "550 to the recipient dev@example.org (5.1.1 nobody here)"),
      ("recipients", "451 4.7.1 busy", "451 to the recipient dev@example.org (4.7.1 busy)"),
      ("data", "552 too much", "552 to the mail (too much)"), ("data", "451 full", "451 to the mail (full)"),
    ])
  func whatIsRefusedIsTriedOnTheSchedule(option: String, answer: String, words: String) async throws {
    let server = try MailServer([option: option == "data" ? answer : ["dev@example.org": answer]])
    var target = target("smtp://127.0.0.1:\(server.port)", to: ["ops@example.org", "dev@example.org", "x@example.org"])
    target.needsTLS = false
    target.schedule = RetrySchedule(seconds: [0, 60])
    let (error, next) = try await failure(target)
    #expect(error == "127.0.0.1:\(server.port) answered \(words)")
    guard case .after = next else {
      Issue.record("\(next)")
      return
    }
    #expect(try await failure(target, attempts: 1).next == .byHand)
    #expect(server.count == 0, "it goes to all of them or to none")
  }

  // MARK: Peers

  private func failure(peer: String, seconds: Int = 20, _ login: Bool = false) async throws -> String {
    let server = try MailServer(["peer": peer])
    let scratch = try Scratch()
    try scratch.put("password", "hunter2-of-nobody")
    var target = target("smtp://127.0.0.1:\(server.port)")
    (target.needsTLS, target.timeoutSeconds) = (false, seconds)
    if login { (target.username, target.passwordFile) = ("watcher", scratch.file("password")) }
    return try await failure(target).error.replacing("127.0.0.1:\(server.port)", with: "HOST")
  }

  @Test func aSilentOneIsGivenUp() async throws {
    let error = try await failure(peer: "hang", seconds: 1)
    #expect(error.hasPrefix("HOST did not take the mail within 1 s; write smtps:// if it"), "\(error)")
  }

  @Test func anEndlessOneIsGivenUp() async throws {
    #expect(try await failure(peer: "flood") == "HOST says more than 65536 bytes; given up")
  }

  @Test func oneThatGoesAwayIsAskedAgain() async throws {
    let error = try await failure(peer: "drop")
    #expect(error.hasPrefix("the connection to HOST broke off while it was given the mail"), "\(error)")
  }

  @Test func aSecretIsNotRepeated() async throws {
    let error = try await failure(peer: "echo", true)
    #expect(error.hasPrefix("HOST answered 535 to the log-in") && error.hasSuffix("(its reply repeats a secret)"))
    #expect(
      !error.contains("hunter2") && !error.contains(Data("\0watcher\0hunter2-of-nobody".utf8).base64EncodedString()))
  }

  /// What it has taken is delivered, whatever becomes of the goodbye.
  @Test func nobodyWaitsForAGoodbye() async throws {
    let server = try MailServer(["peer": "quit"])
    var target = target("smtp://127.0.0.1:\(server.port)")
    target.needsTLS = false
    let began = ContinuousClock.now
    #expect(await sink(target).write([item()]) == [item()].delivered)
    #expect(ContinuousClock.now - began < .seconds(10) && server.count == 1)
  }

  /// Where libcurl itself waits for the answer to the mail.
  @Test func cancellingReachesWhoWaitsForAnAnswer() async throws {
    let server = try MailServer(["peer": "mute"])
    var target = target("smtp://127.0.0.1:\(server.port)")
    target.needsTLS = false
    let sink = sink(target)
    let task = Task { await sink.write([item()]) }
    await eventually("the mail has arrived") { server.count == 1 }
    task.cancel()
    #expect(await task.value.isEmpty)
    await eventually("the connection is closed, before its time is over") { server.count == 2 }
  }

  /// A mail does not go out under nobody's name because a server is not asked for one.
  @Test func noMailIsSentWithoutTheLogInThatIsSet() async throws {
    #expect(
      try await failure(peer: "plain", true)
        == "HOST offers no log-in; set ca_file if it has one after STARTTLS, or take out username and password_file if it "
        + "wants none")
  }

  @Test func cancellationIsNoFailure() async throws {
    let server = try MailServer(["peer": "hang"])
    let sink = sink(target("smtp://127.0.0.1:\(server.port)"))
    let task = Task { await sink.write([item()]) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    #expect(await task.value.isEmpty)
    let early = Task { await sink.write([item()]) }
    early.cancel()
    #expect(await early.value.isEmpty)
  }

  @Test func whoIsNotThereIsSaid() async throws {
    let (error, _) = try await failure(target("smtp://127.0.0.1:1"))
    #expect(error.hasPrefix("no connection to 127.0.0.1:1; check that it is up"), "\(error)")
    let (metadata, _) = try await failure(target("smtp://169.254.169.254:25"))
    #expect(metadata.contains("a link-local or metadata address"), "\(metadata)")
  }

  // MARK: Files

  @Test func looksAtItsFiles() async throws {
    let scratch = try Scratch()
    try scratch.put("ca.pem", "none")
    try scratch.put("password", "two\nlines")
    var target = target("smtp://127.0.0.1:1")
    (target.username, target.passwordFile) = ("watcher", scratch.file("password"))
    target.caFile = scratch.file("ca.pem")
    let faults = sink(target).faults
    #expect(faults.map(\.setting) == ["password_file", "ca_file"] && faults.allSatisfy { !$0.isUntrue })
    let (error, next) = try await failure(target)
    #expect(error.contains("it holds more than one line") && next == .withSink)
  }
}
