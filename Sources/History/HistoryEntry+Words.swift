package import ImageModel

extension HistoryEntry {
  /// What began it.
  package var words: String {
    if let event { return event.words }
    // A state that began without a content event: it came back after a deletion as it was, its registry names the same
    // bytes by another algorithm, or the tag moved so often that the move was not announced.
    if previous?.ended == .deleted { return EventType.tagRestored.words }
    if let previous, previous.digest.algorithm != digest.algorithm, platforms.allSatisfy({ $0.changeClass == nil }) {
      return "the same, named by \(digest.algorithm.rawValue)"
    }
    return "moved"
  }

  /// How its platforms changed, if all that changed did so in the same way.
  package var commonClass: ChangeClass? {
    let classes = Set(platforms.compactMap(\.changeClass))
    return event == .imageChanged && removed.isEmpty && classes.count == 1 ? classes.first : nil
  }

  /// A platform of it, or one that left with it.
  package struct Row {
    package let platform: Platform?
    package let changeClass: String?
    package let imageID: Digest?
    package let manifest: Digest
    package let created: String?
  }

  package var rows: [Row] {
    platforms.map { image in
      Row(
        platform: image.platform, changeClass: changeClass(image), imageID: image.imageID, manifest: image.manifest,
        created: image.created)
    }
      + removed.map { image in
        Row(
          platform: image.platform, changeClass: ChangeClass.removed.rawValue, imageID: image.imageID,
          manifest: image.manifest, created: nil)
      }
  }

  /// Where platforms differ in it.
  private func changeClass(_ image: StoredImage) -> String? {
    switch event {
    case .imageChanged where commonClass == nil: image.changeClass?.rawValue ?? "-"
    case .platformAdded where image.changeClass == .added: ChangeClass.added.rawValue
    default: nil
    }
  }
}
