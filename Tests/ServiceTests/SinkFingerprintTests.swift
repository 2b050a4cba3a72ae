import Config
import History
import Testing

@testable import Service

/// What stands in databases for a sink's definition. Another value would take every disabled sink for one that was
/// defined anew, so these are literal: the former ones as earlier versions wrote them.
@Suite struct SinkFingerprintTests {
  private static let configuration = """
    {"sinks": {
      "hook": {"type": "webhook", "url": "https://r.example/events?a=1", "secret_file": {"credential": "new"},
        "secret_previous_file": {"credential": "old"}, "headers": {"X-B": "2", "X-A": "1"},
        "header_files": {"X-Token": {"credential": "token"}}, "content_type": "application/json", "network": "public"},
      "plain": {"type": "webhook", "url": "https://r.example/"},
      "mail": {"type": "email", "server": "smtp://m.example:587", "from": "w@a.example", "to": ["o@a.example"],
        "subject": "{{ summary }}", "username": "w", "password_file": {"credential": "mail"}}, "out": {"type": "stdout"},
      "audit": {"type": "file", "path": "/var/log/watcher/events.jsonl"}}}
    """

  /// Where messages lead to makes it no other sink.
  @Test(arguments: ["", #" "http": {"listen": "127.0.0.1:1", "public_url": "https://w.example"},"#])
  func areWhatDatabasesHold(before: String) throws {
    let text = "{" + before + Self.configuration.dropFirst()
    let definitions = try WatchConfig.parse(Array(text.utf8), path: "c").sinks.map(\.definition)
    #expect(
      definitions == [
        SinkDefinition(
          name: "hook", type: "webhook",
          fingerprint: "sha256:1287a496942d4a6ba581ceec25ec3910da3c5374029cf48637c273b1155c8763",
          formerFingerprint: "57ecc6549cd9b7e4"),
        SinkDefinition(
          name: "plain", type: "webhook",
          fingerprint: "sha256:c63ce1d2464c8061196cda66ec7e38b95c7a076c71379b80910fcf80dd29d96a",
          formerFingerprint: "814c661fe0cdec4e"),
        SinkDefinition(
          name: "mail", type: "email",
          fingerprint: "sha256:b15e38f0dfdf939b27a5c739889bccfb750aeffa6af2a2ab2e39c290763e6568"),
        SinkDefinition(name: "out", type: "stdout", fingerprint: "stdout"),
        SinkDefinition(name: "audit", type: "file", fingerprint: "/var/log/watcher/events.jsonl"),
      ])
  }
}
