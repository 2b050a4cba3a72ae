import Foundation
import Testing

/// `Tests/fixtures/mail_server.py` at work.
package final class MailServer {
  package static let python = ProcessInfo.processInfo.environment["WATCHER_RECEIVER_PYTHON"]

  package struct Mail: Decodable {
    package let from: String
    package let to: [String]
    package let tls: Bool
    package let user: String?
    package let subject: String
    package let id: String
    package let text: String
  }

  package let port: Int
  private let output: String
  private let directory: TemporaryDirectory
  private let child: Child

  /// - Parameter options: as the script says.
  package init(_ options: [String: Any] = [:]) throws {
    directory = try TemporaryDirectory()
    output = directory.path + "/output"
    let json = String(decoding: try JSONSerialization.data(withJSONObject: options), as: UTF8.self)
    let complaint = directory.path + "/complaint"
    child = try Child(
      options["peer"] == nil ? try #require(Self.python) : "python3",
      [ProjectFile.path("Tests/fixtures/mail_server.py"), json], stdout: output, stderr: complaint)
    let deadline = ContinuousClock.now + .seconds(20)
    while Self.lines(output).isEmpty, ContinuousClock.now < deadline { usleep(10_000) }
    let said = (try? String(contentsOfFile: complaint, encoding: .utf8)) ?? ""
    port = try #require(Self.lines(output).first.flatMap { Int($0) }, "\(said)")
  }

  /// What it has taken.
  package var mails: [Mail] {
    get throws {
      try Self.lines(output).dropFirst().map { try JSONDecoder().decode(Mail.self, from: Data($0.utf8)) }
    }
  }

  /// Those as they are printed, and what a peer was told that says back its log-in.
  package var said: String { Self.lines(output).joined(separator: "\n") }

  package var count: Int { Self.lines(output).count - 1 }

  /// Those that are complete.
  private static func lines(_ file: String) -> [String] {
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
  }
}
