/// The file of variables that Compose reads by itself. Source: docs.docker.com, Set, use, and manage variables in a
/// Compose file with interpolation, .env file syntax.
enum EnvFile {
  /// Later lines may use what earlier ones say. What is no line of that kind is passed over.
  static func variables(_ bytes: [UInt8]) -> [String: String] {
    var variables: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      var rest = trimmed(line)
      if rest.hasPrefix("export ") { rest = trimmed(rest.dropFirst("export ".count)) }
      guard !rest.hasPrefix("#"), let equals = rest.firstIndex(of: "=") else { continue }
      let value = value(trimmed(rest[rest.index(after: equals)...]), variables)
      variables[String(trimmed(rest[..<equals]))] = value
    }
    return variables
  }

  private static func value(_ written: Substring, _ variables: [String: String]) -> String? {
    if let quote = written.first, quote == "'" || quote == "\"" {
      let inside = written.dropFirst().prefix { $0 != quote }
      return quote == "'" ? String(inside) : expanded(inside, variables)
    }
    let comment = written.firstRange(of: " #")?.lowerBound ?? written.endIndex
    return expanded(trimmed(written[..<comment]), variables)
  }

  private static func expanded(_ text: Substring, _ variables: [String: String]) -> String? {
    try? Interpolation(variables: variables, escape: UInt8(ascii: "\\"))(String(text))
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return text
  }
}
