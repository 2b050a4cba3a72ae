import Documents
import Hashing
import ImageModel
import Transport

/// Walks from a tag's document to the images of the watched platforms and fetches what is not stored.
struct SnapshotBuilder {
  let session: RegistrySession
  let selection: PlatformSelection
  let stored: @Sendable (Digest) async throws -> Document?

  /// Platforms of the index that the selection leaves out, in its order, each once.
  private var leftOut: [Platform] = []
  /// Fetched so far.
  private(set) var documents: [Document] = []
  private var images: [PlatformImage] = []
  private var manifests: [Digest: ImageManifest] = [:]
  private var remarks: [String] = []
  /// Of the first artifact without platform in an index.
  private var artifactType: String?
  /// What may stand in for a platform, in the order of the index, until all of it is known.
  private var candidates: [(entry: Descriptor, platform: Platform)] = []
  private var visited: Set<Digest> = []
  private var entryCount = 0

  init(
    session: RegistrySession, selection: PlatformSelection,
    stored: @escaping @Sendable (Digest) async throws -> Document?
  ) {
    self.session = session
    self.selection = selection
    self.stored = stored
  }

  mutating func snapshot(of top: TagLookup.Top) async throws(CheckFailure) -> TagSnapshot {
    let document = top.document
    if !top.isStored { documents.append(document) }
    remarks += top.remark.map { [$0] } ?? []
    switch top.content {
    case .manifest(let manifest):
      let size = document.bytes.count
      images = [try await image(document.digest, size: size, manifest, platform: nil)]
    case .legacy(let manifest):
      images = [
        PlatformImage(
          platform: manifest.config?.platform, manifest: document.digest, manifestSize: document.bytes.count,
          imageID: nil, configSize: nil, layers: manifest.layers, config: manifest.config,
          artifactType: document.mediaType.shown)
      ]
    case .index(let index):
      visited.insert(document.digest)
      try await walk(index, inherited: nil, depth: 0)
      if selection.takesStandIns { try await choose() }
      // Nothing but artifacts without platform: they are one artifact, and the index is its manifest.
      if images.isEmpty, leftOut.isEmpty, let artifactType {
        images = [
          PlatformImage(
            platform: nil, manifest: document.digest, manifestSize: document.bytes.count, imageID: nil,
            configSize: nil, layers: [], config: nil, artifactType: index.artifactType ?? artifactType)
        ]
      }
    }
    return TagSnapshot(
      digest: document.digest, mediaType: document.mediaType, size: document.bytes.count, images: images,
      documents: documents, remarks: remarks, otherPlatforms: leftOut)
  }

  /// - Parameters:
  ///   - inherited: the platform of the descriptor that led here.
  ///   - depth: 0 for the index a tag points to.
  private mutating func walk(
    _ index: ImageIndex, inherited: Platform?, depth: Int
  ) async throws(CheckFailure) {
    entryCount += index.count
    guard entryCount <= Limits.indexEntries else {
      throw CheckFailure(
        .tooLarge, "more than \(Limits.indexEntries) documents are listed", remedy: CheckFailure.fewerDocuments)
    }
    if !index.otherTypes.isEmpty {
      let types = index.otherTypes.prefix(3).joined(separator: ", ") + (index.otherTypes.count > 3 ? ", …" : "")
      remark("the index has entries that are not watched: \(types)")
    }
    for entry in index.entries {
      let platform = entry.platform ?? inherited
      if entry.hasImpossiblePlatform, !entry.isAttestation {
        remark("the entry \(entry.digest.short) of the index names a platform that there cannot be, and is left out")
        continue
      }
      if entry.isAttestation || platform?.isUnknown == true {
        session.trace?("\(entry.digest) is an attestation, not an image")
        continue
      }
      guard let entry = try await typed(entry, platform: platform) else { continue }
      if entry.mediaType.isIndex {
        try await descend(entry, platform: platform, depth: depth + 1)
      } else {
        try await take(entry, platform: platform)
      }
    }
  }

  /// The entry with its media type. One that has none is fetched, and its own word or its shape tells: left out, it
  /// would be a tag without an image, and nobody would know why. One that is not there (sparse indexes), or that has no
  /// shape, is reported and left out.
  ///
  /// - Returns: `nil` for what cannot be watched, or is not to be.
  private mutating func typed(_ entry: Descriptor, platform: Platform?) async throws(CheckFailure) -> Descriptor? {
    guard !entry.mediaType.isSpecific else { return entry }
    if let platform, !isWanted(platform, of: entry) { return nil }
    let type: MediaType
    do throws(CheckFailure) {
      let bytes = try await bytes(of: entry)
      type = try TopDocument.type(of: bytes, name: entry.name)
      if let index = documents.firstIndex(where: { $0.digest == entry.digest }) {
        documents[index] = Document(digest: entry.digest, mediaType: type, bytes: bytes)
      }
    } catch {
      guard error.code == .notFound || error.code == .badDocument else { throw error }
      documents.removeAll { $0.digest == entry.digest && !$0.mediaType.isSpecific }
      remark("the entry \(entry.digest.short) of the index has no media type and is left out: \(error.what)")
      return nil
    }
    let kind = type.isIndex ? "an index" : type.isManifest ? "a manifest" : "\(type.shown) and not watched"
    remark("the entry \(entry.digest.short) of the index has no media type; it is \(kind)")
    return type.isWatchable ? entry.with(mediaType: type) : nil
  }

  private mutating func remark(_ text: String) {
    guard !remarks.contains(text) else { return }
    remarks.append(text)
    session.trace?(text)
  }

  private mutating func descend(_ entry: Descriptor, platform: Platform?, depth: Int) async throws(CheckFailure) {
    guard visited.insert(entry.digest).inserted else { return }
    guard depth <= Limits.indexDepth else {
      throw CheckFailure(
        .tooLarge, "indexes lie in indexes more than \(Limits.indexDepth) deep", remedy: "it has to be pushed flatter")
    }
    let bytes = try await bytes(of: entry)
    guard case .index(let index) = try TopDocument.read(bytes, as: entry.mediaType, name: entry.name) else { return }
    try await walk(index, inherited: platform, depth: depth)
  }

  /// Takes an entry if it is a selected platform's, and the first of it.
  private mutating func take(_ entry: Descriptor, platform: Platform?) async throws(CheckFailure) {
    if let platform {
      guard isWanted(platform, of: entry) else { return }
      return try await add(entry, platform)
    }
    let manifest = try await manifest(of: entry)
    // A document without a platform that is no image either belongs to nobody, where there are images.
    guard manifest.isImage else {
      artifactType = artifactType ?? manifest.artifactType
      return
    }
    // Guessing here would show as a platform that comes or goes.
    let config = try await config(manifest.config).get()
    guard let platform = config?.platform else {
      throw CheckFailure(badDocument: "neither its index nor its config tells the platform of \(entry.name)")
    }
    guard !platform.isUnknown, isWanted(platform, of: entry) else { return }
    try await add(entry, platform)
  }

  private mutating func add(_ entry: Descriptor, _ platform: Platform) async throws(CheckFailure) {
    guard !selection.takesStandIns else { return candidates.append((entry, platform)) }
    let manifest = try await manifest(of: entry)
    images.append(try await image(entry.digest, size: entry.size, manifest, platform: platform))
  }

  /// Of each platform asked for, what an engine on it would run, in the order of the index.
  private mutating func choose() async throws(CheckFailure) {
    let listed = candidates.map(\.platform)
    var chosen: [(index: Int, platform: Platform)] = []
    for wanted in selection.named {
      for index in wanted.nearest(in: listed) { chosen.append((index, wanted.key(of: listed[index]))) }
    }
    for (index, platform) in chosen.sorted(by: { $0.index < $1.index }) {
      let (entry, found) = candidates[index]
      guard !images.contains(where: { $0.platform == platform && $0.manifest == entry.digest }) else { continue }
      if found != platform { remark("\(platform) is not listed; \(found) stands in for it") }
      if candidates.contains(where: { $0.platform == found && $0.entry.digest != entry.digest }) { repeated(found) }
      let manifest = try await manifest(of: entry)
      var image = try await image(entry.digest, size: entry.size, manifest, platform: platform)
      image.found = found == platform ? nil : found
      images.append(image)
    }
    let taken = chosen.map { listed[$0.index] }
    for platform in listed where !taken.contains(platform) && !leftOut.contains(platform) { leftOut.append(platform) }
  }

  /// Whether an entry's image belongs into the snapshot. Of a platform that is listed more than once the first entry
  /// counts, as it does for clients; of Windows all, for which of several patch levels a host runs is its own matter.
  private mutating func isWanted(_ platform: Platform, of entry: Descriptor) -> Bool {
    guard selection.admits(platform) else {
      if !leftOut.contains(platform) { leftOut.append(platform) }
      session.trace?("\(entry.digest) is for \(platform.description.safe(limit: 80)): not asked for")
      return false
    }
    let taken = images.filter { $0.platform == platform }
    guard !taken.isEmpty else { return true }
    let isNew = !taken.contains { $0.manifest == entry.digest }
    if isNew { repeated(platform) }
    session.trace?("\(entry.digest) is for \(platform.description.safe(limit: 80)): not the first one for it")
    return platform.os == "windows" && isNew
  }

  private mutating func repeated(_ platform: Platform) {
    remark(
      "\(platform) is listed more than once; "
        + (platform.os == "windows" ? "all of it is watched, as a set" : "the first counts, as it does for clients"))
  }

  /// - Parameter platform: `nil` where only the config can tell.
  private mutating func image(
    _ digest: Digest, size: Int, _ manifest: ImageManifest, platform: Platform?
  ) async throws(CheckFailure) -> PlatformImage {
    var config: ImageConfig?
    if manifest.isImage {
      switch await self.config(manifest.config) {
      // One that is here and cannot be read tells nothing, today or later: its details are known to be none.
      case .success(let read): config = read ?? ImageConfig(created: nil, platform: nil, diffIDs: [], labels: [:])
      case .failure(let failure):
        session.trace?("details unknown: \(failure.message)")
        if Task.isCancelled { throw failure }
      }
    }
    return PlatformImage(
      platform: platform ?? config?.platform, manifest: digest, manifestSize: size,
      imageID: manifest.isImage ? manifest.config.digest : nil,
      configSize: manifest.isImage ? manifest.config.size : nil, layers: manifest.layers,
      layersSize: manifest.layersSize, config: config, artifactType: manifest.isImage ? nil : manifest.artifactType)
  }

  private mutating func manifest(of entry: Descriptor) async throws(CheckFailure) -> ImageManifest {
    if let known = manifests[entry.digest] { return known }
    let bytes = try await bytes(of: entry)
    guard case .manifest(let manifest) = try TopDocument.read(bytes, as: entry.mediaType, name: entry.name) else {
      throw CheckFailure(badDocument: "\(entry.name) is listed as a manifest and is an index")
    }
    manifests[entry.digest] = manifest
    return manifest
  }

  /// The config of an image; `nil` inside for one that is no config, a failure where it cannot be had.
  private mutating func config(_ descriptor: Descriptor) async -> Result<ImageConfig?, CheckFailure> {
    do throws(CheckFailure) {
      let bytes = try await bytes(of: descriptor)
      return .success(
        ImageDocuments.config(Document(digest: descriptor.digest, mediaType: descriptor.mediaType, bytes: bytes)))
    } catch {
      return .failure(error)
    }
  }

  /// The document a descriptor names: stored, fetched earlier in this walk, or fetched now and verified.
  private mutating func bytes(of descriptor: Descriptor) async throws(CheckFailure) -> [UInt8] {
    if let known = documents.first(where: { $0.digest == descriptor.digest }) { return known.bytes }
    // A store that cannot be read costs a request, not the observation.
    if let known = try? await stored(descriptor.digest) { return known.bytes }
    let total = documents.reduce(descriptor.size) { $0 + $1.bytes.count }
    guard total <= Limits.pollBytes else {
      throw CheckFailure(
        .tooLarge, "more than \(Limits.pollBytes) bytes of documents are needed", remedy: "watch fewer platforms")
    }
    let bytes = try await session.fetch(descriptor)
    documents.append(Document(digest: descriptor.digest, mediaType: descriptor.mediaType, bytes: bytes))
    return bytes
  }
}
