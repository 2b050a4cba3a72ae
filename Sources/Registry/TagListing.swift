package import ImageModel

/// What is wanted of the tags of a repository.
package struct WantedTags: Sendable {
  package let repository: RepositoryReference
  package let selection: TagSelection
  /// Those that are watched of it, to be told which are not there any more.
  package let given: [String]
  /// Its tags were listed before, so that no remedy says to check its name.
  package let wasSeen: Bool

  package init(repository: RepositoryReference, selection: TagSelection, given: [String] = [], wasSeen: Bool = false) {
    self.repository = repository
    self.selection = selection
    self.given = given
    self.wasSeen = wasSeen
  }
}

/// What a list of the tags of a repository gave.
package struct TagListing: Hashable, Sendable {
  /// Those that are to be watched, in their order.
  package var picked: [String]
  /// Those that are watched and not in the list.
  package var absent: Set<String>
  /// Tags in the list, and how many of them fit.
  package var listed: Int
  package var fitting: Int

  package init(picked: [String], absent: Set<String> = [], listed: Int, fitting: Int) {
    self.picked = picked
    self.absent = absent
    self.listed = listed
    self.fitting = fitting
  }
}

extension RegistryClient {
  /// Lists the tags of a repository, page by page, and picks from each page: however many there are, few are held.
  ///
  /// - Parameter meter: counts what it costs.
  package func list(
    _ wanted: WantedTags, meter: RequestMeter = RequestMeter()
  ) async throws(CheckFailure) -> TagListing {
    let session = try session(
      domain: wanted.repository.domain, path: wanted.repository.path, wasSeen: wanted.wasSeen, meter: meter)
    var lister = TagLister(session: session, wanted: wanted)
    return try await lister.run()
  }
}
