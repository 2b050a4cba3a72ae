/// What many HEAD requests have in common: all of a request but the path, and how an answer is judged.
package final class GlanceKind: Sendable {
  /// - Parameters:
  ///   - status: of a response to the URL itself, which no redirect led away from.
  ///   - value: what the request was added with.
  package typealias Judge = @Sendable (_ status: Int, _ headers: HTTPHeaders, _ value: UnsafeRawBufferPointer) -> Bool

  /// With the URL that those of all requests begin with.
  let request: SharedRequest
  let origin: Origin
  let isAsExpected: Judge
  /// What its maker wants to know with an answer.
  package let note: any Sendable

  /// - Parameters:
  ///   - request: its method is taken for HEAD; its URL ends with a slash, and the URLs of all requests begin with it.
  ///   - isAsExpected: whether an answer says what it is expected to. Called on the client's thread.
  package init(
    _ request: HTTPRequest, note: any Sendable = (), isAsExpected: @escaping Judge
  ) throws(TransportError) {
    self.note = note
    origin = try RequestCheck.check(request)
    var request = request
    request.method = .head
    self.request = SharedRequest(request)
    self.isAsExpected = isAsExpected
  }
}

/// HEAD requests of one kind, each with what it is expected to be answered: most answers say just that, and nobody has
/// to look at them but the thread that receives them.
package struct GlanceBatch: Sendable {
  private struct Item: Sendable {
    let name: Int
    /// Where its URL begins, where its value does, and where that ends.
    let (url, value, end): (Int, Int, Int)
  }

  let kind: GlanceKind
  /// Of each request its URL, the zero that ends it for libcurl, and the value.
  private var texts: [UInt8] = []
  private var items: [Item] = []
  private let prefix: [UInt8]

  package init(_ kind: GlanceKind) {
    self.kind = kind
    prefix = Array(kind.request.value.url.utf8)
  }

  package var count: Int { items.count }

  /// Adds a request.
  ///
  /// - Parameters:
  ///   - name: what it is called in reports.
  ///   - path: its parts, which follow the URL of the kind.
  ///   - value: handed to the kind's `isAsExpected`.
  /// - Returns: false, and nothing is added, where the path holds what no URL does.
  package mutating func add(_ name: Int, path: [String], value: String) -> Bool {
    let url = texts.count
    texts.append(contentsOf: prefix)
    for part in path { texts.append(contentsOf: part.utf8) }
    guard !texts[(url + prefix.count)...].contains(where: { $0 <= 0x20 || $0 == 0x7f }) else {
      texts.removeSubrange(url...)
      return false
    }
    texts.append(0)
    let start = texts.count
    texts.append(contentsOf: value.utf8)
    items.append(Item(name: name, url: url, value: start, end: texts.count))
    return true
  }

  func name(_ position: Int) -> Int { items[position].name }

  func url(_ position: Int) -> String {
    String(decoding: texts[items[position].url..<(items[position].value - 1)], as: UTF8.self)
  }

  /// The URL as C has it.
  func withURL<Result>(_ position: Int, _ body: (UnsafePointer<CChar>) -> Result) -> Result {
    texts.withUnsafeBufferPointer { bytes in
      bytes[items[position].url...].withMemoryRebound(to: CChar.self) { body($0.baseAddress!) }
    }
  }

  func isAsExpected(_ position: Int, status: Int, _ headers: HTTPHeaders) -> Bool {
    texts.withUnsafeBytes { bytes in
      kind.isAsExpected(
        status, headers, UnsafeRawBufferPointer(rebasing: bytes[items[position].value..<items[position].end]))
    }
  }
}

/// What has come of some glances, by their names.
package struct GlanceReport: Sendable {
  package internal(set) var asExpected: [Int] = []
  /// Whatever is not, whole.
  package internal(set) var others: [(name: Int, kind: GlanceKind, result: Result<HTTPResponse, TransportError>)] = []

  var count: Int { asExpected.count + others.count }
}
