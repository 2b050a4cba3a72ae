/// What a registry names for a tag that has moved, before anybody has seen the document.
package struct MovedTag: Hashable, Sendable {
  package let digest: Digest
  package let mediaType: MediaType

  package init(digest: Digest, mediaType: MediaType) {
    self.digest = digest
    self.mediaType = mediaType
  }
}
