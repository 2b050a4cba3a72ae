import Config
import ImageModel
import Questions

/// The parameters of a request, each of them one that the operation has.
struct QueryString {
  private let values: [(name: String, value: String)]

  /// - Parameter query: what follows the question mark, as it came.
  init(_ query: String, of operation: APIOperation) throws(QuestionError) {
    var values: [(name: String, value: String)] = []
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = try Self.decoded(parts[0])
      guard let parameter = operation.parameters.first(where: { $0.name == name }) else {
        throw Self.unknown(name, operation)
      }
      guard parameter.isRepeatable || !values.contains(where: { $0.name == name }) else {
        throw QuestionError(.usage, "\(name) is given twice (\(operation.path)): say it once")
      }
      values.append((name, parts.count == 2 ? try Self.decoded(parts[1]) : ""))
    }
    for parameter in operation.parameters where parameter.isRequired {
      guard !values.contains(where: { $0.name == parameter.name }) else { continue }
      throw QuestionError(.usage, "\(parameter.name) is missing (\(operation.path)): say \(parameter.name)=…")
    }
    self.values = values
  }

  subscript(_ parameter: APIParameter) -> String? { all(parameter).first }

  func all(_ parameter: APIParameter) -> [String] { values.filter { $0.name == parameter.name }.map(\.value) }

  func flag(_ parameter: APIParameter) throws(QuestionError) -> Bool {
    switch self[parameter] {
    case nil, "false": return false
    case "true": return true
    case let text?: throw Self.refusal(parameter, text, "write true or false")
    }
  }

  func limit() throws(QuestionError) -> Int {
    guard let text = self[.limit] else { return APIParameter.mostItems }
    guard let limit = Self.number(text), (1...APIParameter.mostItems).contains(limit) else {
      throw Self.refusal(.limit, text, "write a number from 1 to \(APIParameter.mostItems)")
    }
    return limit
  }

  /// Where the page before ended, as its `Link` has it.
  func place() throws(QuestionError) -> Int? {
    let parameter = APIParameter.after(.number)
    guard let text = self[parameter] else { return nil }
    guard let number = Self.number(text) else { throw Self.refusal(parameter, text, "take it from the Link of a page") }
    return number
  }

  /// What is asked for, but behind `place`: what leads to the next page.
  func next(after place: some CustomStringConvertible) -> String {
    (values.filter { $0.name != "after" } + [("after", place.description)])
      .map { "\($0.percentEncoded())=\($1.percentEncoded(keeping: ":/"))" }.joined(separator: "&")
  }

  static func refusal(_ parameter: APIParameter, _ text: String, _ remedy: String) -> QuestionError {
    QuestionError(.usage, "not understood (\(parameter.name)=\(text.safe(limit: 100))): \(remedy)")
  }

  private static func number(_ text: String) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  private static func unknown(_ name: String, _ operation: APIOperation) -> QuestionError {
    let names = operation.parameters.map(\.name)
    let remedy =
      nearest(to: name, among: names).map { "did you mean \($0)?" } ?? Words.thereAre(names, limit: names.count)
    return QuestionError(
      .usage, "there is no such parameter (\(name.safe(limit: 100)) of \(operation.path)): \(remedy)")
  }

  /// `+` is a blank, as forms write one.
  private static func decoded(_ text: Substring) throws(QuestionError) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(0x20)
      case UInt8(ascii: "%"):
        let digits = String(decoding: rest.prefix(2), as: UTF8.self)
        guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16) else {
          throw QuestionError(
            .usage, "a % without two hexadecimal digits (\(String(text).safe(limit: 100))): write %25")
        }
        bytes.append(value)
        rest = rest.dropFirst(2)
      default: bytes.append(byte)
      }
    }
    guard let decoded = String(validating: bytes, as: UTF8.self) else {
      throw QuestionError(.usage, "no UTF-8 (\(String(text).safe(limit: 100))): write it in UTF-8, percent-encoded")
    }
    return decoded
  }
}
