import ImageModel

extension CheckFailure {
  /// The failure in a line that names the tag already.
  func words(beside tag: TagReference) -> String {
    let name = "\(tag): "
    let rest = message.hasPrefix(name) ? String(message.dropFirst(name.count)) : message
    return rest.safe(limit: Limits.failureMessageCharacters)
  }
}
