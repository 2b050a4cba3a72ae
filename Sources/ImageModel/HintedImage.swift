/// What somebody says was pushed or deleted; see docs/decisions/0042.
package struct HintedImage: Hashable, Sendable {
  package let repository: RepositoryReference
  /// `nil`: all tags of it that are watched.
  package let tag: String?

  package init(_ repository: RepositoryReference, tag: String? = nil) {
    self.repository = repository
    self.tag = tag
  }

  package init(_ tag: TagReference) { self.init(tag.repository, tag: tag.tag) }
}
