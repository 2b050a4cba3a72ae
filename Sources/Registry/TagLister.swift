import Documents
import Host
import ImageModel
import StrictJSON
import Transport

/// One walk through the pages of `tags/list`. Source: distribution-spec, Content discovery.
struct TagLister {
  /// After so long others get their turn: what polls shares a thread.
  private static let turnNanoseconds: Int64 = 2_000_000
  private static let endless = "list fewer tags: name those that matter with \"image\""

  private let session: RegistrySession
  private var picker: TagPicker
  private var listing: TagListing
  /// The pages that were asked for.
  private var asked: Set<String> = []

  init(session: RegistrySession, wanted: WantedTags) {
    self.session = session
    picker = TagPicker(wanted.selection)
    listing = TagListing(picked: [], absent: Set(wanted.given), listed: 0, fitting: 0)
  }

  private var host: RegistryHost { session.host }
  private var firstPage: String { "\(host.prefix)\(session.path)/tags/list" }

  mutating func run() async throws(CheckFailure) -> TagListing {
    var next: String? = "\(firstPage)?n=\(Limits.tagsOfAPage)"
    while let page = next {
      guard asked.insert(page).inserted, asked.count <= Limits.tagPages else {
        throw CheckFailure(
          .badResponse, "\(host.name) goes on with its list of tags where it has been, or for ever",
          remedy: "whoever runs the registry has to correct it")
      }
      let reply = try await self.page(page)
      guard reply.response.status == 200 else { throw session.failure(reply, .list) }
      guard !reply.response.bodyIsCut else {
        throw CheckFailure(
          .tooLarge, "\(host.name) sends more than \(Limits.tagPageBytes) bytes of tags in one page",
          remedy: Self.endless)
      }
      try await take(reply.response.body)
      next = try nextPage(after: reply.response)
    }
    listing.picked = picker.picked()
    return listing
  }

  private func page(_ url: String) async throws(CheckFailure) -> RegistrySession.Reply {
    let reply = try await session.send(request(url))
    // Some take no number, or none as high.
    guard reply.response.status == 400, asked.count == 1 else { return reply }
    return try await session.send(request(firstPage))
  }

  private func request(_ url: String) -> HTTPRequest {
    var request = host.blobRequest
    request.url = url
    if !host.query.isEmpty, !url.contains("?ns="), !url.contains("&ns=") {
      request.url += url.contains("?") ? "&" + host.query.dropFirst() : host.query
    }
    request.headers.append(("Accept", "application/json"))
    request.bodyLimit = Limits.tagPageBytes
    request.cutsBody = true
    return request
  }

  private mutating func take(_ body: [UInt8]) async throws(CheckFailure) {
    let elements = try Self.tags(body, from: host.name)
    listing.listed += elements.count
    guard listing.listed <= Limits.listedTags else {
      throw CheckFailure(
        .tooLarge, "\(host.name) lists more than \(Limits.listedTags) tags", remedy: Self.endless)
    }
    var began = MonotonicClock.nanoseconds()
    for element in elements {
      if MonotonicClock.nanoseconds() - began > Self.turnNanoseconds {
        await Task.yield()
        began = MonotonicClock.nanoseconds()
      }
      guard let tag = element.string else {
        throw CheckFailure(
          .badResponse, "\(host.name) lists a tag that is no text", remedy: CheckFailure.maybeNoRegistry)
      }
      // By what is none nothing could be asked for.
      guard TagReference.isTag(tag) else { continue }
      listing.absent.remove(tag)
      if picker.add(tag) { listing.fitting += 1 }
    }
  }

  /// The list in an answer. Where there are no tags, some say `null`, and some leave it out.
  static func tags(_ body: [UInt8], from host: String) throws(CheckFailure) -> [JSONValue] {
    let limits = JSONLimits(
      depth: Limits.jsonDepth, bytes: Limits.tagPageBytes, values: Limits.listedTags + Limits.tagsOfAPage)
    let document: JSONValue
    do {
      document = try StrictJSON.parse(body, limits: limits)
    } catch {
      guard error.code != .tooManyValues else {
        throw CheckFailure(.tooLarge, "\(host) lists more than \(Limits.listedTags) tags", remedy: endless)
      }
      throw CheckFailure(
        .badResponse, "the list of tags of \(host) is not sound JSON (byte \(error.offset): \(error.message))",
        remedy: CheckFailure.maybeNoRegistry)
    }
    let list = document["tags"]
    if let elements = list?.array { return elements }
    guard document.object != nil, list?.isNull ?? (document["name"] != nil) else {
      throw CheckFailure(.badResponse, "\(host) sends no list of tags", remedy: CheckFailure.maybeNoRegistry)
    }
    return []
  }

  // MARK: The next page

  private func nextPage(after response: HTTPResponse) throws(CheckFailure) -> String? {
    guard let link = LinkHeader.next(response.headers.all("Link")) else { return nil }
    guard let url = url(of: link) else {
      throw CheckFailure(
        .badResponse, "\(host.name) says that its list of tags goes on at \(link.safe(limit: 200)), which is no place",
        remedy: "whoever runs the registry has to correct it")
    }
    guard isOwn(url) else {
      throw CheckFailure(
        .redirectRefused, "\(host.name) says that its list of tags goes on at \(url.hostAndPort)",
        remedy: "a list is read from the registry itself only; whoever runs it has to correct the link")
    }
    // Registries behind a proxy often think that they are spoken to in plain HTTP.
    return host.base.origin + url.target
  }

  /// A link as whoever answers means it: with a host, with a path, or with a query alone.
  private func url(of link: String) -> WebURL? {
    if link.hasPrefix("//") { return WebURL((host.base.isSecure ? "https:" : "http:") + link) }
    if link.hasPrefix("/") { return WebURL(host.base.origin + link) }
    return link.hasPrefix("?") ? WebURL(firstPage + link) : WebURL(link)
  }

  private func isOwn(_ url: WebURL) -> Bool {
    url.host == host.base.host && (url.port == host.base.port || url.port == (url.isSecure ? 443 : 80))
  }
}

/// The header `Link`. Source: RFC 8288 section 3.
enum LinkHeader {
  /// The first target with the relation `next`.
  static func next(_ values: [String]) -> String? {
    for value in values {
      var rest = value[...]
      while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
        let (parameters, after) = split(rest[rest.index(after: close)...])
        if parameters.contains(where: isNext) { return String(rest[rest.index(after: open)..<close]) }
        rest = after
      }
    }
    return nil
  }

  /// The parameters of one link, and what comes after them.
  private static func split(_ text: Substring) -> (parameters: [Substring], after: Substring) {
    var parameters: [Substring] = []
    var start = text.startIndex
    var isQuoted = false
    for index in text.indices {
      if text[index] == "\"" { isQuoted.toggle() }
      guard !isQuoted, text[index] == ";" || text[index] == "," else { continue }
      parameters.append(text[start..<index])
      start = text.index(after: index)
      if text[index] == "," { return (parameters, text[start...]) }
    }
    return (parameters + [text[start...]], "")
  }

  private static func isNext(_ parameter: Substring) -> Bool {
    let parts = parameter.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" }.lowercased() }
    let words = parts.map { $0.split(separator: " ") }
    return words.count == 2 && words[0] == ["rel"] && words[1].contains("next")
  }
}
