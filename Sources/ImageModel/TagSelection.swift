/// Which tags of a repository are watched.
package struct TagSelection: Hashable, Sendable {
  /// Of all expressions together, in states: lists are long, and each tag in them is searched for each expression.
  package static let sizeLimit = 1_000

  /// None: every tag.
  package let include: [TagPattern]
  package let exclude: [TagPattern]
  /// 1 to 1000.
  package let maxTags: Int

  package init(include: [TagPattern] = [], exclude: [TagPattern] = [], maxTags: Int) {
    self.include = include
    self.exclude = exclude
    self.maxTags = maxTags
  }

  /// Whether a tag is one of those of which the first are watched.
  package func fits(_ tag: String) -> Bool {
    (include.isEmpty || include.contains { $0.fits(tag) }) && !exclude.contains { $0.fits(tag) }
  }

  /// One line of JSON, the same for the same selection.
  package var text: String {
    let patterns = [("include", include), ("exclude", exclude)].map { key, patterns in
      JSONOutput.Member(key, .array(patterns.map { .string($0.text) }))
    }
    let document = JSONOutput.object(patterns + [JSONOutput.Member("max", .number(maxTags))])
    return String(decoding: document.bytes, as: UTF8.self)
  }
}

/// Picks from any number of tags, one after another, those that are watched; never holds many more than those.
package struct TagPicker: Sendable {
  private let selection: TagSelection
  private var best: [TagOrder] = []
  /// What does not come before this one is not picked.
  private var last: TagOrder?

  package init(_ selection: TagSelection) { self.selection = selection }

  /// - Returns: whether the tag is one of those of which the first are watched.
  @discardableResult
  package mutating func add(_ tag: String) -> Bool {
    guard selection.fits(tag) else { return false }
    let order = TagOrder(tag)
    if let last, order <= last { return true }
    best.append(order)
    if best.count >= 2 * selection.maxTags + 64 { settle() }
    return true
  }

  /// The picked tags in order, none twice.
  package mutating func picked() -> [String] {
    settle()
    return best.map(\.tag)
  }

  private mutating func settle() {
    best.sort(by: >)
    var kept: [TagOrder] = []
    for order in best where kept.last != order && kept.count < selection.maxTags { kept.append(order) }
    best = kept
    if best.count == selection.maxTags { last = best.last }
  }
}
