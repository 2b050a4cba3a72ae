import CCurl
import Glibc

/// The URL an easy handle is set to, kept in libcurl's own parts. A handle is given one URL after another of the
/// same registry, and for those the path alone is exchanged: given a whole URL as text (`CURLOPT_URL`), libcurl takes
/// it apart and puts it together again for each request, a character at a time.
struct HandleURL: ~Copyable {
  let handle: OpaquePointer
  /// `http://127.0.0.1:5000/` of the URL that is set, when nothing but its path has to change; otherwise empty.
  private var origin: [CChar] = []

  /// `nil` when libcurl has no memory.
  init?() {
    guard let handle = curl_url() else { return nil }
    self.handle = handle
  }

  deinit { curl_url_cleanup(handle) }

  /// False for what libcurl cannot read, and for URLs with a user name.
  mutating func set(_ url: String) -> Bool { url.withCString { set($0) } }

  mutating func set(_ text: UnsafePointer<CChar>) -> Bool {
    if !origin.isEmpty, strncmp(text, origin, origin.count) == 0, Self.isPlain(text + origin.count) {
      return curl_url_set(handle, CURLUPART_PATH, text + origin.count - 1, 0) == CURLUE_OK
    }
    origin = []
    guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK else {
      return false
    }
    if let path = Self.path(of: text), Self.isPlain(path + 1) {
      origin = Array(UnsafeBufferPointer(start: text, count: path + 1 - text))
    }
    return true
  }

  private static let plainBytes = ASCIISet("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_:/.")

  /// Whether the rest of a URL is a path that libcurl takes as it stands: no query, no fragment, nothing encoded,
  /// no segment that begins with a dot.
  private static func isPlain(_ rest: UnsafePointer<CChar>) -> Bool {
    let plain = plainBytes
    var isAfterSlash = true
    var next = rest
    while next.pointee != 0 {
      let byte = UInt8(bitPattern: next.pointee)
      guard plain.contains(byte), !(isAfterSlash && byte == UInt8(ascii: ".")) else { return false }
      isAfterSlash = byte == UInt8(ascii: "/")
      next += 1
    }
    return true
  }

  /// Where the path of an absolute URL begins: its third slash, if no query or fragment begins before it.
  private static func path(of url: UnsafePointer<CChar>) -> UnsafePointer<CChar>? {
    var slashes = 0
    var next = url
    while next.pointee != 0 {
      switch UInt8(bitPattern: next.pointee) {
      case UInt8(ascii: "?"), UInt8(ascii: "#"): return nil
      case UInt8(ascii: "/"):
        slashes += 1
        if slashes == 3 { return next }
      default: break
      }
      next += 1
    }
    return nil
  }
}
