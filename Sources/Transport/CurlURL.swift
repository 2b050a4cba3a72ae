import CCurl

/// A URL taken apart by libcurl's own parser, so that what is checked here is what libcurl connects to.
struct CurlURL: ~Copyable {
  private let handle: OpaquePointer

  /// `nil` for anything that is not an absolute URL of a scheme libcurl knows, and for blanks and control
  /// characters in it. User names are taken; see `hasUserInfo`.
  init?(_ text: String) {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }), let handle = curl_url() else { return nil }
    guard curl_url_set(handle, CURLUPART_URL, text, 0) == CURLUE_OK else {
      curl_url_cleanup(handle)
      return nil
    }
    self.handle = handle
  }

  deinit { curl_url_cleanup(handle) }

  /// Lower case: libcurl's parser sees to it.
  var scheme: String { part(CURLUPART_SCHEME) ?? "" }
  /// Lower case, IPv4 in dotted decimal, IPv6 in brackets.
  var host: String { (part(CURLUPART_HOST) ?? "").lowercased() }
  /// The scheme's own where none is written.
  var port: Int { part(CURLUPART_PORT, flags: CURLU_DEFAULT_PORT).flatMap { Int($0) } ?? 0 }
  var path: String { part(CURLUPART_PATH) ?? "/" }
  var hasUserInfo: Bool { part(CURLUPART_USER) != nil || part(CURLUPART_PASSWORD) != nil }
  var text: String? { part(CURLUPART_URL) }

  /// Moves to `location`, which may be relative; false if it cannot be understood. The fragment is dropped.
  func resolve(_ location: String) -> Bool {
    guard !location.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { return false }
    return curl_url_set(handle, CURLUPART_URL, location, UInt32(CURLU_URLENCODE)) == CURLUE_OK
      && curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0) == CURLUE_OK
  }

  private func part(_ part: CURLUPart, flags: Int32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }
}
