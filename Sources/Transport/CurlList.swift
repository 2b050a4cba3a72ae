import CCurl

/// A list of strings as libcurl wants it. libcurl does not copy it: it must outlive its use.
final class CurlList {
  private(set) var head: UnsafeMutablePointer<curl_slist>?

  deinit { curl_slist_free_all(head) }

  func removeAll() {
    curl_slist_free_all(head)
    head = nil
  }

  /// False when there is no memory.
  func append(_ line: String) -> Bool {
    guard let longer = curl_slist_append(head, line) else { return false }
    head = longer
    return true
  }
}
