import Foundation
import TestSupport
import Testing

@testable import Config
@testable import Service

/// What root, outside of the unit, is told of the files that a configuration names.
@Suite struct ServiceSandboxTests {
  private func findings(_ text: String) async throws -> [PreflightFinding] {
    await ServiceSandbox.findings(try WatchConfig.parse(Array(text.utf8), path: "/etc/watcher/c.json"))
  }

  private func file(_ path: String) async throws -> PreflightFinding? {
    let findings = try await findings(#"{"sinks": {"s": {"type": "file", "path": "\#(path)"}}}"#)
    #expect(findings.count <= 1)
    return findings.first
  }

  @Test(
    arguments: [
      ("/srv/ev/e.jsonl", "watcher.service may not write to /srv/ev unless a drop-in says so"),
      ("/var/log/e.jsonl", "may not write to /var/log unless"), ("/e.jsonl", "may not write to / unless"),
      ("/var/log/watcher-x/e.jsonl", "may not write to /var/log/watcher-x unless"),
      ("/tmp/e.jsonl", "has a /tmp of its own (PrivateTmp=), which is gone when it stops"),
      ("/var/tmp/e.jsonl", "has a /var/tmp of its own (PrivateTmp=), which is gone when it stops"),
      ("/home/alice/e.jsonl", "does not see /home (ProtectHome=)"),
      ("/run/user/1000/e.jsonl", "does not see /run/user (ProtectHome=)"),
    ])
  func anEventFileElsewhereIsInDoubt(_ path: String, _ words: String) async throws {
    let finding = try #require(try await file(path))
    #expect(finding.problem.message.hasPrefix("\"path\": watcher.service "))
    #expect(finding.problem.message.contains(words), "\(finding.problem.message)")
    #expect(finding.problem.hint?.hasPrefix("write below /var/log/watcher") == true)
    #expect(finding.isUnseen && finding.refusal == nil && finding.problem.line == 1)
  }

  @Test(arguments: ["/var/lib/watcher/e.jsonl", "/var/log/watcher/deep/e.jsonl", "/run/watcher/e.jsonl"])
  func whereTheUnitLetsItWriteIsNoDoubt(_ path: String) async throws { #expect(try await file(path) == nil) }

  @Test func aLinkIsFollowed() async throws {
    let directory = try TemporaryDirectory()
    let link = directory.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/tmp")
    #expect(try await file(link + "/none/e.jsonl")?.problem.message.contains("has a /tmp of its own") == true)
  }

  @Test func whatIsReadIsInDoubtWhereTheServiceDoesNotSeeIt() async throws {
    let findings = try await findings(
      #"""
      {
        "watch": ["r.example/a"],
        "registries": { "r.example": { "ca_file": "/home/alice/ca.pem", "token_file": "/srv/token" } },
        "sinks": {
          "hook": {
            "type": "webhook", "url": "https://127.0.0.1:1/", "secret_file": { "credential": "hook" },
            "header_files": { "Authorization": "/tmp/header" }, "ca_file": "/root/ca.pem"
          },
          "mail": {
            "type": "email", "server": "smtps://127.0.0.1:1", "from": "w@a.example", "to": ["o@a.example"],
            "username": "w", "password_file": "/home/w/password"
          }
        }
      }
      """#)
    #expect(
      findings.map { "\($0.problem.line) \($0.problem.message)" } == [
        #"3 "ca_file": watcher.service does not see /home (ProtectHome=)"#,
        #"7 "Authorization": watcher.service has a /tmp of its own (PrivateTmp=)"#,
        #"7 "ca_file": watcher.service does not see /root (ProtectHome=)"#,
        #"11 "password_file": watcher.service does not see /home (ProtectHome=)"#,
      ])
    #expect(findings.allSatisfy { $0.isUnseen && $0.problem.hint == "keep the file in /etc/watcher" })
  }

  @Test func onlyTheServicesDatabaseIsTheServices() {
    #expect(ServiceSandbox.isAround(DatabasePlace("/var/lib/watcher/watcher.db")))
    #expect(!ServiceSandbox.isAround(DatabasePlace("/var/lib/watcher-2/watcher.db")))
    #expect(!ServiceSandbox.isAround(DatabasePlace("/srv/watcher.db")))
  }
}
