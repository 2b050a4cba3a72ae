/// What pages load, all of it from here.
package struct Asset: Sendable {
  package let path: String
  package let contentType: String
  package let bytes: [UInt8]

  /// Of other bytes it is another one: what a browser keeps is never out of date.
  var link: String { "\(path)?\(version)" }
  package let version: String

  private init(_ path: String, _ contentType: String, _ text: String) {
    (self.path, self.contentType, bytes) = (path, contentType, Array(text.utf8))
    // FNV-1a.
    let hash = bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    version = String(hash, radix: 36)
  }

  package static let stylesheet = Asset("/static/watcher.css", "text/css; charset=utf-8", AssetText.stylesheet)
  package static let script = Asset("/static/watcher.js", "text/javascript; charset=utf-8", AssetText.script)
  package static let icon = Asset("/static/watcher.svg", "image/svg+xml", AssetText.icon)

  package static let all = [stylesheet, script, icon]
}

/// Each in a file of its own.
enum AssetText {}
