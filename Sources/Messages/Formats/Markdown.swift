extension String {
  /// What would mark text up behind a backslash, and nobody mentioned.
  var markdown: String {
    var out = ""
    for scalar in withoutMentions.unicodeScalars {
      if "\\`*_~|<>[]()#".unicodeScalars.contains(scalar) { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
    return out
  }

  /// Within a block of code, which three of these would end.
  var withinCode: String { replacing("`", with: "ˋ") }

  /// As text of an HTML element or attribute.
  var html: String {
    replacing(["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;", "'": "&#39;"])
  }

  func replacing(_ others: [Unicode.Scalar: String]) -> String {
    var out = ""
    for scalar in unicodeScalars {
      if let other = others[scalar] { out += other } else { out.unicodeScalars.append(scalar) }
    }
    return out
  }
}

extension [String] {
  /// Lines in which nothing is marked up, where each is `withinCode`.
  var codeBlock: String { "```\n\(joined(separator: "\n"))\n```" }
}
