/// What a value of the configuration may be. Where the reader demands more, its own code says so.
indirect enum ConfigValue: Sendable {
  case any
  case string
  /// A string that is not empty …
  case text
  /// … and of a form: a regular expression of ECMA-262 that fits whatever the reader takes.
  case form(String)
  case path
  /// A path, or an object that names a credential.
  case file
  case boolean
  /// `false` alone.
  case no
  case integer(ClosedRange<Int>)
  /// A number above the lower end, up to the higher one.
  case rate(ClosedRange<Int>)
  /// In seconds …
  case duration(ClosedRange<Int>)
  /// … or `forever`.
  case period(ClosedRange<Int>)
  case words([String])
  case list(of: ConfigValue, ClosedRange<Int> = 0...Int.max)
  case object(ConfigObject)
  /// An object of settings by names of the user's, all of a form, with room for a remark.
  case named(ConfigValue, form: String? = nil)
  /// An object of which every key is data; so many at most.
  case data(of: ConfigValue, Int = .max)
  case oneOf([ConfigValue])

  static func choice(_ words: [some RawRepresentable<String>]) -> ConfigValue { .words(words.map(\.rawValue)) }

  /// The ends of a number, of a duration, or of how many elements there may be.
  var range: ClosedRange<Int> {
    switch self {
    case .integer(let range), .rate(let range), .duration(let range), .period(let range), .list(_, let range): range
    case .data(_, let most): 0...most
    default: preconditionFailure("\(self) has no range")
    }
  }

  var object: ConfigObject {
    guard case .object(let keys) = self else { preconditionFailure("\(self) is no object") }
    return keys
  }

  /// What each element of a list may be.
  var element: ConfigValue {
    guard case .list(let element, _) = self else { preconditionFailure("\(self) is no list") }
    return element
  }
}

/// A key of an object.
struct ConfigKey: Sendable {
  let name: String
  let value: ConfigValue
  /// What it is for, in a line.
  let meaning: String

  init(_ name: String, _ value: ConfigValue, _ meaning: String) {
    self.name = name
    self.value = value
    self.meaning = meaning
  }
}

/// The keys of an object, and what holds between them.
struct ConfigObject: Sendable {
  let keys: [ConfigKey]
  let names: [String]
  /// Keys of strings that mean nothing here.
  let remarks: [String]
  let required: [String]
  /// Keys, each with the other one that it needs beside it.
  let needs: [(key: String, needed: String)]
  /// Of these there has to be one.
  let either: [String]
  /// Of each of these there may be one.
  let exclusive: [[String]]

  init(
    _ keys: [ConfigKey], remarks: [String] = [ConfigKeys.remark], required: [String] = [],
    needs: [(key: String, needed: String)] = [], either: [String] = [], exclusive: [String]...
  ) {
    self.keys = keys
    names = keys.map(\.name)
    self.remarks = remarks
    self.required = required
    self.needs = needs
    self.either = either
    self.exclusive = exclusive
  }

  /// What the value of one of its keys may be.
  subscript(name: String) -> ConfigValue {
    guard let key = keys.first(where: { $0.name == name }) else { preconditionFailure("there is no key \(name)") }
    return key.value
  }
}
