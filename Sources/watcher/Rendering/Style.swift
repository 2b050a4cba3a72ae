/// Colours on a terminal.
struct Style: Hashable {
  /// What a text means; the colour follows.
  enum Paint: String {
    case plain = ""
    case strong = "1"
    case faint = "2"
    case bad = "31"
    case good = "32"
    case notable = "33"
  }

  let isOn: Bool

  /// The text in its colour; as it is where colours are off.
  func paint(_ text: String, _ paint: Paint) -> String {
    isOn && paint != .plain && !text.isEmpty ? "\u{1b}[\(paint.rawValue)m\(text)\u{1b}[0m" : text
  }

  /// Source: no-color.org.
  static func isWanted(_ choice: ColorChoice, isTerminal: Bool, environment: [String: String]) -> Bool {
    switch choice {
    case .always: true
    case .never: false
    case .auto: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }
  }
}
