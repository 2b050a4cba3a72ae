import Addresses
import Messages
import StrictJSON

extension ConfigReader {
  mutating func email(_ section: Section, _ name: String) -> EmailSettings {
    var settings = EmailSettings()
    let owner = { OutsideSetting.sink(name, key: $0) }
    for key in ["server", "from", "to"] where section[key] == nil {
      error(at: section.value.offset, "the email sink \(quoted(name)) has no \"\(key)\"")
    }
    settings.allowHTTP = boolean(section, "allow_http") ?? false
    settings.server = server(section) ?? ""
    settings.from = string(section, "from").flatMap { address($0, at: section.offset("from")) } ?? ""
    settings.to = recipients(section)
    settings.subject = subject(section)
    settings.username = username(section)
    settings.passwordFile = file(section, "password_file", of: owner)
    settings.caFile = file(section, "ca_file", of: owner)
    settings.timeoutSeconds = duration(section, "timeout") ?? settings.timeoutSeconds
    settings.retryScheduleSeconds = retrySchedule(section)
    return settings
  }

  private mutating func server(_ section: Section) -> String? {
    guard let text = string(section, "server") else { return nil }
    let offset = section.offset("server")
    switch MailServer.check(text) {
    case .valid(.linkLocalOrMetadata, _):
      fault(
        at: offset, "nothing is ever sent to this \"server\": it is a link-local or metadata address",
        hint: "no setting allows requests to these")
    case .valid: break
    case .scheme: error(at: offset, "\"server\" must begin with smtp:// or smtps://")
    case .userinfo:
      source.masked.append(section["server"]?.range ?? offset..<offset)
      error(
        at: offset, "\"server\" must not hold a user name or password",
        hint: "they go into \"username\" and \"password_file\"")
    case .host:
      error(
        at: offset, "\"server\" names no host that can be connected to", hint: "like smtp://mail.example.org:587")
    }
    return text
  }

  private mutating func recipients(_ section: Section) -> [String] {
    guard let texts = strings(section, "to") else { return [] }
    let range = section.keys["to"].range
    if !range.contains(texts.count) {
      error(
        at: section.offset("to"), "\"to\" has \(texts.count) addresses",
        hint: "it takes \(range.lowerBound) to \(range.upperBound)")
    }
    var seen: Set<String> = []
    for (text, offset) in texts where address(text, at: offset) != nil && !seen.insert(text).inserted {
      error(at: offset, "\"to\" has the address \(quoted(text)) already")
    }
    return texts.map(\.text)
  }

  private mutating func address(_ text: String, at offset: Int) -> String? {
    if MailAddress.isValid(text) { return text }
    error(
      at: offset, "\(quoted(text)) is not an address for mail",
      hint: "like ops@example.org: ASCII, without a name or brackets")
    return nil
  }

  private mutating func subject(_ section: Section) -> TextTemplate? {
    guard let text = string(section, "subject"), let value = section["subject"] else { return nil }
    do throws(TextTemplate.Mistake) {
      return try TextTemplate(text, in: value)
    } catch {
      tell("subject", error)
      return nil
    }
  }

  private mutating func username(_ section: Section) -> String? {
    guard let text = string(section, "username") else { return nil }
    if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) {
      error(at: section.offset("username"), "\"username\" must be one line without control characters")
    }
    return text
  }
}
