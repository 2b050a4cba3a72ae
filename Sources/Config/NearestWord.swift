import ImageModel

/// The word that was probably meant, `nil` if none of `words` is near. Near is one slip in three letters, or the
/// beginning of the word; of two that are as near, the one that begins so. Case, hyphens and spaces for underscores are
/// no slips.
package func nearest(to text: String, among words: [String]) -> String? {
  guard text.utf8.count <= 64 else { return nil }
  let wanted = normalised(text)
  let best = words.map { word in
    let word = (text: word, letters: normalised(word))
    return (
      word: word.text, distance: editDistance(wanted, word.letters), isOther: word.letters.starts(with: wanted) ? 0 : 1
    )
  }
  .min { ($0.distance, $0.isOther) < ($1.distance, $1.isOther) }
  if let best, best.distance <= max(1, max(wanted.count, best.word.utf8.count) / 3) { return best.word }
  return wanted.count < 3 ? nil : words.first { normalised($0).starts(with: wanted) }
}

/// The pattern of event types that was probably meant: one without the beginning that all types have, the last word of
/// several, or a slip.
package func nearestEventPattern(to text: String) -> String? {
  guard !text.isEmpty else { return nil }
  let types = EventType.allCases.map(\.rawValue)
  let whole = "watcher." + text
  if EventPatterns([whole]).isAny { return whole }
  if types.contains(where: { $0.hasSuffix("." + text) }) { return "*." + text }
  return nearest(to: text, among: types) ?? nearest(to: whole, among: types)
}

private func normalised(_ text: String) -> [UInt8] {
  text.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: " ") }
}

/// Insertions, deletions, substitutions and swaps of neighbours that make one text of the other (optimal
/// string alignment).
func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...b.count)
  for i in 0..<a.count {
    var current = [i + 1]
    for j in 0..<b.count {
      var cost = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
      current.append(cost)
    }
    (beforeLast, last) = (last, current)
  }
  return last[b.count]
}
