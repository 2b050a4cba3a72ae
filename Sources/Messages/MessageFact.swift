import ImageModel

/// What the body of a sink may say of an event, by name. Source: docs/reference.md, Bodies of your own.
package enum MessageFact: Hashable, Sendable, CustomStringConvertible {
  case named(Name)
  /// Of the tag's entry in the configuration.
  case label(String)

  package enum Name: String, CaseIterable, Sendable {
    case summary, details, type, image, registry, repository, tag, digest, pull
    case changeClass = "class"
    case platforms
    case oldImageID = "old_image_id"
    case newImageID = "new_image_id"
    case oldDigest = "old_digest"
    case newDigest = "new_digest"
    case created, time, id, sequence, link
  }

  private static let labelPrefix = "label."

  /// Its name.
  package var description: String {
    switch self {
    case .named(let name): name.rawValue
    case .label(let key): Self.labelPrefix + key
    }
  }

  /// - Returns: `nil` for a name that there is not.
  package init?(_ text: String) {
    if text.hasPrefix(Self.labelPrefix), text.utf8.count > Self.labelPrefix.utf8.count {
      self = .label(String(text.dropFirst(Self.labelPrefix.count)))
    } else if let name = Name(rawValue: text) {
      self = .named(name)
    } else {
      return nil
    }
  }
}

extension Message {
  /// What stands in the place of a name. Of several platforms values are joined by `, `, each once; what is not there
  /// is empty.
  package func value(of fact: MessageFact) -> String {
    switch fact {
    case .label(let key): event?.labels[key] ?? ""
    case .named(let name): value(of: name)
    }
  }

  func value(of name: MessageFact.Name) -> String {
    switch name {
    case .summary: summary
    case .details: details
    case .type: type
    case .image: event?.tag?.familiar ?? ""
    case .registry: event?.tag?.domain ?? ""
    case .repository: event?.tag?.path ?? ""
    case .tag: event?.tag?.tag ?? ""
    case .digest, .newDigest: event?.digest ?? ""
    case .oldDigest: event?.previousDigest ?? ""
    case .pull: event?.pull ?? ""
    case .changeClass: each { $0.changeClass.rawValue }
    case .platforms: each { $0.platform?.description }
    case .oldImageID: each { $0.previous?.imageID?.description }
    case .newImageID: each { $0.current?.imageID?.description }
    case .created: each { $0.current?.created }
    case .time: time
    case .id: id
    case .sequence: event.map { ChangeEvent.sequenceText($0.sequence) } ?? ""
    case .link: link
    }
  }

  private func each(_ value: (PlatformChange) -> String?) -> String {
    var seen: Set<String> = []
    return (event?.changes ?? []).compactMap(value).filter { seen.insert($0).inserted }.joined(separator: ", ")
  }
}
