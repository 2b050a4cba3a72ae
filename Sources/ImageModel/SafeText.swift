extension String {
  /// This text made safe for a terminal or a log line: control characters (C0, DEL, C1), bidirectional
  /// overrides and invisible characters become `\u{…}`, and at most `limit` characters are kept.
  ///
  /// Registries choose labels, error bodies and media types; raw, they could move the cursor, forge log
  /// lines or hide text (CWE-150, CVE-2021-25743).
  package func safe(limit: Int = 512) -> String {
    var out = ""
    for (count, scalar) in unicodeScalars.enumerated() {
      guard count < limit else { return out + "…" }
      if scalar.isUnsafeToShow {
        out += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// `safe()`, at no cost for plain ASCII.
  package var shown: String {
    utf8.count <= 512 && utf8.allSatisfy { (0x20..<0x7f).contains($0) } ? self : safe()
  }

  /// Cut to so many characters, with a mark where something is missing.
  package func cut(to characters: Int) -> String {
    guard unicodeScalars.count > characters else { return self }
    return String(unicodeScalars.prefix(max(0, characters - 1))) + "…"
  }

  /// Whether a text holds a secret, or its beginning, with which a text that was cut off would end.
  ///
  /// Compared byte by byte: a combining mark behind it makes another character of a secret's letter, and to tell
  /// characters apart takes long in some texts.
  package func repeats(_ secret: String) -> Bool {
    let wanted = Array(secret.prefix(12).utf8)
    guard let first = wanted.first else { return false }
    let bytes = Array(utf8)
    return bytes.indices.contains { bytes[$0] == first && bytes[$0...].starts(with: wanted) }
  }
}

extension Unicode.Scalar {
  /// Control characters, line and paragraph separators, and format characters (bidirectional controls, zero
  /// width, tags): Unicode's categories Cc, Zl, Zp and Cf.
  var isUnsafeToShow: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
