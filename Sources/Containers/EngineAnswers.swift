import Documents
package import ImageModel
import StrictJSON

/// What an engine answers, read under limits: of all that it tells, names and digests alone.
///
/// Source: docs.docker.com/reference/api/engine; Podman answers the same.
package enum EngineAnswers {
  /// The oldest version of the API whose answers are known to be as they are read here.
  static let oldest = [1, 41]

  /// Whether the engine speaks a version of the API that is understood. Of `/version`.
  package static func checkVersion(_ body: [UInt8]) throws(ContainerFailure) {
    guard let text = try parse(body)["ApiVersion"]?.string else {
      throw ContainerFailure("it does not say which version of Docker's API it has")
    }
    let parts = text.split(separator: ".").map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1] else {
      throw ContainerFailure("it has a version of Docker's API that is none")
    }
    guard [major, minor].lexicographicallyPrecedes(oldest) else { return }
    throw ContainerFailure(
      "it has version \(major).\(minor) of Docker's API, and 1.41 or newer is needed",
      remedy: "update the engine, or give --from what docker inspect prints")
  }

  /// Of `/containers/json`.
  package static func containers(_ body: [UInt8]) throws(ContainerFailure) -> [EngineContainer] {
    guard let list = try parse(body).array else { throw ContainerFailure("its list of containers is none") }
    guard list.count <= Limits.containers else {
      throw ContainerFailure("it has more than \(Limits.containers) containers")
    }
    var containers: [EngineContainer] = []
    for value in list {
      guard let container = EngineContainer(value) else {
        throw ContainerFailure("a container in its list has no ID or no name")
      }
      containers.append(container)
    }
    return containers
  }

  /// Of `/images/{id}/json`.
  package static func image(_ body: [UInt8]) throws(ContainerFailure) -> EngineImage { EngineImage(try parse(body)) }

  /// What a container was started with. Of `/containers/{id}/json`.
  package static func startedWith(_ body: [UInt8]) throws(ContainerFailure) -> String {
    RunningContainer.startedWith(try parse(body))
  }

  /// The reader's own words would quote what it found.
  private static func parse(_ body: [UInt8]) throws(ContainerFailure) -> JSONValue {
    do throws(JSONError) {
      return try ContainerJSON.parse(body)
    } catch {
      throw ContainerFailure("its answer is not JSON (\(error.code.rawValue) at byte \(error.offset))")
    }
  }
}

/// A container in an engine's list.
package struct EngineContainer: Hashable, Sendable {
  /// Hexadecimal digits: it goes into paths.
  package let id: String
  package let imageID: Digest?
  /// What it was started with; `nil` where the list has its image's ID in that place, because the name it was started
  /// with means another image by now, or none.
  package let image: String?
  private let name: String
  private let isRunning: Bool
  private let manifest: Digest?
  private let platform: Platform?

  init?(_ value: JSONValue) {
    guard let id = value["Id"]?.string, RunningContainer.isID(id) else { return nil }
    // Those of old links have the other container's name before their own.
    let names = (value["Names"]?.array ?? []).compactMap(\.string).map(RunningContainer.plain)
    guard let name = names.first(where: { !$0.contains("/") }) ?? names.first else { return nil }
    self.id = id
    self.name = name
    imageID = value["ImageID"]?.string.flatMap { KnownDigest($0, .id) }?.digest
    let image = value["Image"]?.string ?? ""
    let hex = image.hasPrefix("sha256:") ? image.dropFirst(7) : image[...]
    self.image = hex.isEmpty || imageID?.hex.hasPrefix(hex) == true ? nil : image
    isRunning = RunningContainer.isRunning(value["State"]?.string)
    let descriptor = value["ImageManifestDescriptor"]
    manifest = descriptor?["digest"]?.string.flatMap { try? Digest($0) }
    platform = descriptor?["platform"].flatMap { Platform(json: $0) }
  }

  /// - Parameters:
  ///   - image: its image; `nil` where the engine does not have it any more, or does not tell.
  ///   - startedWith: where the list does not say.
  package func container(_ image: EngineImage?, startedWith: String?, gap: String?) -> RunningContainer {
    // With such a manifest the store is one that calls an image by what it was pulled by.
    let id = imageID.map { [KnownDigest($0, manifest == nil ? .id : .pulled)] } ?? []
    return RunningContainer(
      name: name, id: self.id, image: self.image ?? startedWith ?? imageID?.description ?? "",
      platform: platform ?? image?.platform,
      digests: id + (image?.digests ?? []) + (manifest.map { [KnownDigest($0, .pulled)] } ?? []), isRunning: isRunning,
      tellsOrigin: image != nil && image?.gap == nil, gap: gap ?? image?.gap)
  }
}

/// An image as an engine has it.
package struct EngineImage: Hashable, Sendable {
  fileprivate let digests: [KnownDigest]
  fileprivate let platform: Platform?
  fileprivate let gap: String?

  init(_ value: JSONValue) {
    let pulled = value["RepoDigests"]?.array ?? []
    digests = pulled.prefix(Limits.containerDigests).compactMap { $0.string.flatMap { KnownDigest($0, .unspecified) } }
    let count = Limits.containerDigests
    gap = pulled.count > count ? "of the \(pulled.count) digests of its image \(count) were looked for" : nil
    platform = value["Architecture"]?.string.flatMap { architecture in
      architecture.isEmpty
        ? nil
        : Platform(
          os: value["Os"]?.string ?? "", architecture: architecture, variant: value["Variant"]?.string,
          osVersion: value["OsVersion"]?.string)
    }
  }
}
