import Foundation
import Hashing
import TestSupport
import Testing

/// The shell receiver of the documentation: what it is given comes from strangers, and `/bin/sh` may be any shell.
@Suite(.timeLimit(.minutes(1))) struct VerifyScriptTests {
  private static let key = [UInt8](0..<32)
  private static let secret = "whsec_" + Data(key).base64EncodedString() + "\n"
  private static let script = ProjectFile.path("docs/receivers/verify.sh")
  private static let shells = [["/bin/dash"], ["/bin/bash", "--posix"]]

  private let directory = FileManager.default.temporaryDirectory.appending(path: "watcher-verify.\(UUID().uuidString)")
    .path

  init() throws { try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false) }

  @Test(arguments: shells) func takesWhatIsSignedInTime(shell: [String]) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let now = Int(Date().timeIntervalSince1970)
    for key in [Self.key, [UInt8](0..<24), [UInt8](192...255)] {
      let secret = "whsec_" + Data(key).base64EncodedString()
      #expect(try verify(shell, secret: secret, time: "\(now)", signature: Self.signature("\(now)", key: key)) == 0)
    }
    #expect(try verify(shell, time: "\(now)", signature: "v1,AAAA \(Self.signature("\(now)"))") == 0)
    #expect(try verify(shell, time: "\(now - 290)", signature: Self.signature("\(now - 290)")) == 0)
    #expect(try verify(shell, time: "\(now - 400)", signature: Self.signature("\(now - 400)")) != 0)
    #expect(try verify(shell, time: "\(now + 400)", signature: Self.signature("\(now + 400)")) != 0)
    #expect(try verify(shell, time: "\(now)", signature: Self.signature("\(now)"), body: "{} ") != 0)
    #expect(try verify(shell, time: "\(now + 1)", signature: Self.signature("\(now)")) != 0)
    #expect(try verify(shell, time: "\(now)", signature: Self.signature("\(now)", key: Array(1...32))) != 0)
  }

  @Test(arguments: shells) func runsNothingThatAStrangerSends(shell: [String]) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let mark = directory + "/ran"
    for text in ["now[$(touch \(mark))]", "$(touch \(mark))", "", "*", "1 - 1", "08", "99999999999999999999"] {
      #expect(try verify(shell, time: text, signature: Self.signature(text)) != 0, "\(text)")
      #expect(try verify(shell, time: "\(Int(Date().timeIntervalSince1970))", signature: text) != 0, "\(text)")
    }
    #expect(!FileManager.default.fileExists(atPath: mark))
  }

  @Test(arguments: shells) func takesNothingWithoutASecret(shell: [String]) throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let time = "\(Int(Date().timeIntervalSince1970))"
    for secret in [nil, "", "whsec_", "not base64!", "AAAA"] {
      for signature in ["v1,", Self.signature(time, key: []), Self.signature(time, key: [0, 0, 0])] {
        #expect(try verify(shell, secret: secret, time: time, signature: signature) != 0, "\(secret ?? "none")")
      }
    }
  }

  /// What programs are started with can be seen by every user of the machine.
  @Test func keepsTheSecretOutOfArguments() throws {
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let openssl = directory + "/openssl"
    try "#!/bin/sh\necho \"$@\" >>'\(directory)/arguments'\nexec /usr/bin/openssl \"$@\"\n"
      .write(toFile: openssl, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: openssl)
    let time = "\(Int(Date().timeIntervalSince1970))"
    #expect(try verify(["/bin/sh"], time: time, signature: Self.signature(time)) == 0)
    let arguments = WatcherBinary.text(directory + "/arguments")
    #expect(arguments.contains("dgst"))
    #expect(!arguments.contains(Self.key.map { String(256 + Int($0), radix: 16).dropFirst() }.joined()))
  }

  private static func signature(_ time: String, key: [UInt8] = key) -> String {
    "v1," + Data(Hash.hmacSHA256(key: key, Array("msg_1.\(time).{}".utf8))).base64EncodedString()
  }

  private func verify(
    _ shell: [String], secret: String? = secret, time: String, signature: String, body: String = "{}"
  ) throws -> Int32 {
    let file = directory + "/secret"
    try? FileManager.default.removeItem(atPath: file)
    try secret?.write(toFile: file, atomically: true, encoding: .utf8)
    let input = directory + "/body"
    try body.write(toFile: input, atomically: true, encoding: .utf8)
    let environment = [
      "PATH": "\(directory):/usr/bin:/bin", "HTTP_WEBHOOK_ID": "msg_1", "HTTP_WEBHOOK_TIMESTAMP": time,
      "HTTP_WEBHOOK_SIGNATURE": signature,
    ]
    return try Child(
      shell[0], shell.dropFirst() + [Self.script, file], environment: environment, directory: directory, stdin: input
    ).finish()
  }
}
