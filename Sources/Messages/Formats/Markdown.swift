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
    var out = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      case "'": out += "&#39;"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }
}
