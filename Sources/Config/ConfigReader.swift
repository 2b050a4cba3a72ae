import ImageModel
import StrictJSON

/// Something to say about a place in the file.
struct Finding {
  /// In bytes.
  let offset: Int
  let message: String
  let hint: String?
}

/// Turns the values of the file into settings and collects everything that is wrong on the way: a reading
/// method that finds a mistake notes it, and returns nothing.
struct ConfigReader {
  var source: SourceDocument
  private(set) var errors: [Finding] = []
  private(set) var warnings: [Finding] = []
  private(set) var faults: [Finding] = []
  /// Where in bytes what names something outside is set, with its key.
  private(set) var outside: [OutsideSetting: (key: String, offset: Int)] = [:]
  /// What is known about the hosts of the watchlist, by their text in it.
  var domains: [String: WatchedDomain] = [:]

  init(_ source: SourceDocument) { self.source = source }

  mutating func error(at offset: Int, _ message: String, hint: String? = nil) {
    errors.append(Finding(offset: offset, message: message, hint: hint))
  }

  mutating func warning(at offset: Int, _ message: String, hint: String? = nil) {
    warnings.append(Finding(offset: offset, message: message, hint: hint))
  }

  /// A valid setting of something that never works.
  mutating func fault(at offset: Int, _ message: String, hint: String? = nil) {
    faults.append(Finding(offset: offset, message: message, hint: hint))
  }

  /// Notes where a setting stands that names something outside of the configuration.
  mutating func note(_ setting: OutsideSetting, _ key: String, at offset: Int) { outside[setting] = (key, offset) }

  /// The findings as problems, sorted by position, the first ones.
  mutating func problems(
    _ findings: [Finding], _ severity: ConfigProblem.Severity, atMost limit: Int
  ) -> [ConfigProblem] {
    findings.enumerated()
      .sorted { ($0.element.offset, $0.offset) < ($1.element.offset, $1.offset) }
      .prefix(limit)
      .map { source.problem($0.element, severity) }
  }
}

/// An object of the file whose keys have been looked at.
struct Section {
  let value: JSONValue
  /// What they may be.
  let keys: ConfigObject

  subscript(key: String) -> JSONValue? { value[key] }

  /// Where the value of a key begins, or the object where it is not there.
  func offset(_ key: String) -> Int { value[key]?.offset ?? value.offset }

  /// Where a key itself begins.
  func keyOffset(_ key: String) -> Int {
    value.object?.first { $0.key == key }?.keyRange.lowerBound ?? value.offset
  }
}

extension JSONValue {
  var offset: Int { range.lowerBound }

  /// What the value is, for a message.
  var kindName: String {
    switch kind {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// A foreign text in a message.
func quoted(_ text: String) -> String { "\"\(text.safe(limit: 100))\"" }
