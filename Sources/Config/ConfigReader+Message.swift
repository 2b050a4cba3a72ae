import ImageModel
import Messages
import StrictJSON

extension ConfigReader {
  /// What a webhook sink sends of an event, and how.
  mutating func readContent(
    _ section: Section, _ settings: inout WebhookSettings, _ owner: (String) -> OutsideSetting
  ) {
    if section["format"] != nil, section["body"] != nil { excludeEachOther(section, "format", "body") }
    settings.method = choice(section, "method") ?? settings.method
    settings.tokenFile = file(section, "token_file", of: owner)
    if let body = section["body"] {
      settings.content = template(body).map { .body($0) } ?? .document
      return
    }
    guard let name = string(section, "format"), name != Self.documentFormat else {
      if section["format"] != nil, section["token_file"] != nil { refuseToken(section, Self.documentFormat) }
      return
    }
    guard let format = MessageFormat.named(name) else {
      let names = [Self.documentFormat] + MessageFormat.all.map(\.name)
      return refuse(name, "\"format\"", at: section.offset("format"), among: names)
    }
    if section["method"] != nil {
      error(at: section.keyOffset("method"), "the format \(quoted(name)) says itself which \"method\" it uses")
    }
    checkToken(section, format)
    settings.content = .format(format, parameters(section, format))
  }

  private static let documentFormat = "event"

  mutating func excludeEachOther(_ section: Section, _ first: String, _ second: String) {
    error(at: section.keyOffset(second), "\(quoted(first)) and \(quoted(second)) exclude each other")
  }

  private mutating func checkToken(_ section: Section, _ format: MessageFormat) {
    let hasToken = section["token_file"] != nil
    if let token = format.token, !hasToken {
      error(
        at: section.offset("format"), "the format \(quoted(format.name)) has no \"token_file\"",
        hint: "it names a file with the token \(token)")
    } else if format.token == nil, hasToken {
      refuseToken(section, format.name)
    }
  }

  private mutating func refuseToken(_ section: Section, _ format: String) {
    error(
      at: section.keyOffset("token_file"), "the format \(quoted(format)) takes no token",
      hint: "a header that is a secret goes into \"header_files\"")
  }

  // MARK: Parameters

  private mutating func parameters(_ section: Section, _ format: MessageFormat) -> [String: String] {
    var values: [String: String] = [:]
    let members = section["parameters"]?.object ?? []
    if let value = section["parameters"], value.object == nil { wrongType(value, "\"parameters\"", "an object") }
    for member in members {
      guard let parameter = format.parameters.first(where: { $0.name == member.key }) else {
        unknown(member, format)
        continue
      }
      values[parameter.name] = value(member.value, parameter)
    }
    for parameter in format.parameters
    where parameter.usually == nil && !members.contains(where: { $0.key == parameter.name }) {
      error(
        at: section["parameters"]?.offset ?? section.offset("format"),
        "the format \(quoted(format.name)) wants the parameter \(quoted(parameter.name))",
        hint: "it says \(parameter.meaning)")
    }
    return values
  }

  private mutating func unknown(_ member: JSONMember, _ format: MessageFormat) {
    let names = format.parameters.map(\.name)
    let known = names.isEmpty ? "it has none" : "known here: \(names.joined(separator: ", "))"
    error(
      at: member.keyRange.lowerBound, "the format \(quoted(format.name)) has no parameter \(quoted(member.key))",
      hint: nearest(to: member.key, among: names).map { "did you mean \(quoted($0))?" } ?? known)
  }

  /// Numbers may be written as strings and the other way round: services do not agree about which are which.
  private mutating func value(_ value: JSONValue, _ parameter: MessageFormat.Parameter) -> String? {
    let name = "the parameter \(quoted(parameter.name))"
    guard let text = value.string ?? value.integer.map({ String($0) }) else {
      wrongType(value, name, "a string or a whole number", isKey: false)
      return nil
    }
    switch parameter.form {
    case .text(let most) where text.isEmpty || text.unicodeScalars.count > most || text.safe(limit: most) != text:
      error(at: value.offset, "\(name) must be 1 to \(most) characters on one line")
    case .text where parameter.shape?.fits(text) == false:
      error(at: value.offset, "\(name) cannot be \(quoted(text))", hint: "it is \(parameter.meaning)")
    case .integer(let range) where !(Int(text).map(range.contains) ?? false):
      error(at: value.offset, "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    case .choice(let words) where !words.contains(text): refuse(text, name, at: value.offset, among: words)
    case .text, .integer, .choice: return text
    }
    return nil
  }

  // MARK: Bodies

  private mutating func template(_ body: JSONValue) -> BodyTemplate? {
    do throws(TextTemplate.Mistake) {
      return try BodyTemplate(body)
    } catch {
      tell("body", error)
      return nil
    }
  }

  /// What is wrong with a template that is the value of a key, or in it.
  mutating func tell(_ key: String, _ mistake: TextTemplate.Mistake) {
    let place = source.offset(of: mistake.index, inStringAt: mistake.string)
    switch mistake.problem {
    case .open: error(at: place, "\(quoted(key)): there is no }} to this {{")
    case .key:
      error(at: place, "\(quoted(key)): nothing is put into a key", hint: "write what is between {{ and }} in a value")
    case .unknown(let name):
      let names = MessageFact.Name.allCases.map(\.rawValue) + ["label."]
      error(
        at: place, "\(quoted(key)): nothing is called \(quoted(name))",
        hint: nearest(to: name, among: names).map { "did you mean \(quoted($0))?" }
          ?? "known here: \(names.dropLast().joined(separator: ", ")), label.<key>")
    }
  }
}
