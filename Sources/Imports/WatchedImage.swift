import Config
package import ImageModel

/// An entry for `watch`, as people write it.
package struct WatchedImage: Hashable, Sendable {
  package enum Subject: Hashable, Sendable {
    case tag(TagReference)
    case repository(RepositoryReference)
  }

  package let subject: Subject
  var settings = Settings()

  /// What is said of it beside what it is about; nothing is left to the defaults of the configuration.
  struct Settings: Hashable, Sendable {
    var platform: Platform?
    /// Of a repository alone, as the next two.
    var include: [String] = []
    var exclude: [String] = []
    var maxTags: Int?
    var labels: [Label] = []
  }

  struct Label: Hashable, Sendable {
    let name: String
    let value: String
  }

  /// A string where there is nothing to say beside.
  package var json: JSONOutput {
    var members: [JSONOutput.Member] = []
    switch subject {
    case .tag(let tag):
      let name = Self.written(tag)
      if settings.platform == nil, settings.labels.isEmpty { return .string(name) }
      members = [.init("image", .string(name))]
    case .repository(let repository):
      members = [.init("repository", .string(Self.written(repository)))]
      members += [("include_tags", settings.include), ("exclude_tags", settings.exclude)]
        .filter { !$0.1.isEmpty }.map { .init($0.0, .array($0.1.map { .string($0) })) }
      if let most = settings.maxTags { members.append(.init("max_tags", .number(most))) }
    }
    if let platform = settings.platform { members.append(.init("platforms", .array([.text(platform)]))) }
    if !settings.labels.isEmpty {
      members.append(.init("labels", .object(settings.labels.map { .init($0.name, .string($0.value)) })))
    }
    return .object(members)
  }

  /// The short form, unless another image would be read from it.
  private static func written(_ tag: TagReference) -> String {
    (try? WrittenReference(tag.familiar))?.canonical.tagReference == tag ? tag.familiar : tag.description
  }

  private static func written(_ repository: RepositoryReference) -> String {
    let isRead = (try? WrittenReference(repository.familiar))?.canonical.tagReference?.repository == repository
    return isRead ? repository.familiar : repository.description
  }
}

/// What names an image and is not watched.
package struct SkippedImage: Hashable, Sendable {
  /// Or an engine's socket.
  package let file: String
  /// From 1; `nil` where it has none, as what an engine tells.
  package let line: Int?
  /// The image as it is written, or what should have one.
  package let what: String
  package let why: String
}
