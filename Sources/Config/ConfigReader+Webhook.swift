import Addresses
import ImageModel
import Messages
import StrictJSON

extension ConfigReader {
  mutating func webhook(_ section: Section, _ name: String) -> WebhookSettings {
    var settings = WebhookSettings(url: nil)
    settings.allowHTTP = boolean(section, "allow_http") ?? false
    let owner = { OutsideSetting.sink(name, key: $0) }
    readContent(section, &settings, owner)
    settings.urlFile = file(section, "url_file", of: owner)
    settings.url = url(section, name, settings)
    settings.secretFile = file(section, "secret_file", of: owner)
    settings.secretPreviousFile = file(section, "secret_previous_file", of: owner)
    settings.caFile = file(section, "ca_file", of: owner)
    settings.clientCertFile = file(section, "client_cert_file", of: owner)
    settings.clientKeyFile = file(section, "client_key_file", of: owner)
    readHeaders(section, &settings, owner)
    settings.contentType = contentType(section)
    settings.timeoutSeconds = duration(section, "timeout") ?? settings.timeoutSeconds
    settings.network = choice(section, "network") ?? settings.network
    warn(of: settings, section)
    settings.maxInFlight = integer(section, "max_in_flight") ?? settings.maxInFlight
    settings.retryScheduleSeconds = retrySchedule(section)
    return settings
  }

  private mutating func url(_ section: Section, _ name: String, _ settings: WebhookSettings) -> String? {
    guard section["url"] != nil else {
      if section["url_file"] != nil { return nil }
      if case .usually(let url)? = settings.content.format?.url { return url }
      error(
        at: section.value.offset, "the webhook sink \(quoted(name)) has no \"url\"",
        hint: "or put it into a file, \"url_file\", where it is a secret")
      return nil
    }
    if section["url_file"] != nil { excludeEachOther(section, "url", "url_file") }
    guard let text = string(section, "url") else { return nil }
    let offset = section.offset("url")
    if let range = section["url"]?.range { source.mask(urlAt: range) }
    // A URL may hold a secret, so no message repeats it.
    switch WebhookURL.check(text) {
    case .valid(isPlain: false): break
    case .valid(isPlain: true) where settings.allowHTTP: break
    case .valid:
      error(at: offset, "\"url\" is not encrypted", hint: "write https://, or set \"allow_http\": true")
    case .userinfo:
      source.masked.append(section["url"]?.range ?? offset..<offset)
      error(at: offset, "\"url\" must not hold a user name or password", hint: "put them into \"header_files\"")
    case .fragment: error(at: offset, "\"url\" must not hold a fragment; nothing after # is sent")
    case .characters: error(at: offset, "\"url\" must be visible ASCII", hint: "percent-encode other characters")
    case .scheme: error(at: offset, "\"url\" must begin with https://")
    case .host: error(at: offset, "\"url\" has no valid host")
    }
    if let index = WebhookURL.unknownPlace(text) {
      error(at: source.offset(of: index, inStringAt: offset), "\"url\": only {{id}} is put into a URL")
    }
    if let format = settings.content.format, let mistake = format.mistake(inURL: text) {
      error(at: offset, "\"url\" is none for the format \(quoted(format.name))", hint: mistake)
    }
    return text
  }

  /// Of what can be said to fail without asking the DNS.
  private mutating func warn(of settings: WebhookSettings, _ section: Section) {
    guard let kind = settings.url.flatMap(WebhookURL.kind) else { return }
    let offset = section.offset("url")
    if kind == .linkLocalOrMetadata {
      fault(
        at: offset, "nothing is ever sent to this \"url\": it is a link-local or metadata address",
        hint: "no setting allows requests to these")
    } else if settings.network == .public, ![.name, .publicAddress].contains(kind) {
      fault(
        at: offset, "nothing is ever sent to this \"url\": it is no public address, which \"network\" asks for",
        hint: "write another URL, or \"network\": \"any\"")
    }
  }

  private mutating func readHeaders(
    _ section: Section, _ settings: inout WebhookSettings, _ owner: (String) -> OutsideSetting
  ) {
    var offsets: [String: Int] = [:]
    for key in ["headers", "header_files"] {
      guard let value = section[key] else { continue }
      guard let members = value.object else {
        wrongType(value, quoted(key), "an object")
        continue
      }
      for member in members {
        let offset = member.keyRange.lowerBound
        if let first = offsets.updateValue(offset, forKey: member.key.lowercased()) {
          error(at: offset, "the header \(quoted(member.key)) is set already, at \(source.place(at: first))")
        }
        checkHeaderName(member, isFile: key == "header_files", settings.content)
        if key == "header_files" {
          settings.headerFiles[member.key] = file(member.value, member.key, of: owner)
        } else {
          source.masked.append(member.value.range)
          settings.headers[member.key] = headerValue(member)
        }
      }
    }
  }

  private mutating func checkHeaderName(_ member: JSONMember, isFile: Bool, _ content: MessageContent) {
    let offset = member.keyRange.lowerBound
    let lower = member.key.lowercased()
    guard WebhookHeader.isName(member.key) else {
      error(at: offset, "\(quoted(member.key)) is not the name of a header")
      return
    }
    if WebhookHeader.isReserved(lower) {
      let hint = lower == "content-type" ? "use \"content_type\"" : nil
      error(at: offset, "the header \(quoted(member.key)) is set by the sink itself", hint: hint)
    } else if let format = content.format, format.headers.contains(where: { $0.lowercased() == lower }) {
      error(
        at: offset, "the header \(quoted(member.key)) is set by the format \(quoted(format.name))",
        hint: "its value goes into \"token_file\"")
    } else if !isFile, WebhookHeader.isSecret(lower) {
      source.masked.append(member.value.range)
      error(
        at: offset, "the value of \(quoted(member.key)) is a secret and must not be in the configuration",
        hint: "put it into a file and name that in \"header_files\"")
    }
  }

  private mutating func headerValue(_ member: JSONMember) -> String? {
    guard let text = member.value.string else {
      wrongType(member.value, "the header \(quoted(member.key))", "a string")
      return nil
    }
    guard WebhookHeader.isValue(text) else {
      error(at: member.value.offset, "the value of \(quoted(member.key)) must be visible ASCII on one line")
      return nil
    }
    return text
  }

  private mutating func contentType(_ section: Section) -> String? {
    guard let text = string(section, "content_type") else { return nil }
    let parts = text.prefix { $0 != ";" }.split(separator: "/", omittingEmptySubsequences: false)
    guard WebhookHeader.isValue(text), parts.count == 2, parts.allSatisfy({ WebhookHeader.isName(String($0)) }) else {
      error(
        at: section.offset("content_type"), "\(quoted(text)) is not a content type", hint: "like application/json")
      return nil
    }
    return text
  }

  mutating func retrySchedule(_ section: Section) -> [Int]? {
    guard let value = section["retry_schedule"] else { return nil }
    guard let elements = value.array else {
      wrongType(value, "\"retry_schedule\"", "a list of durations")
      return nil
    }
    let schedule = section.keys["retry_schedule"]
    guard schedule.range.contains(elements.count) else {
      error(
        at: value.offset, "\"retry_schedule\" has \(elements.count) durations",
        hint: "it takes \(schedule.range.lowerBound) to \(schedule.range.upperBound)")
      return nil
    }
    let pauses = schedule.element.range
    let seconds = elements.compactMap { duration($0, "an element of \"retry_schedule\"", in: pauses) }
    if let first = elements.first, let wait = seconds.first, wait != 0 {
      error(
        at: first.offset, "\"retry_schedule\" begins with \(quoted(first.string ?? ""))",
        hint: "the first attempt is made at once: begin with \"0s\"")
    }
    return seconds
  }
}
