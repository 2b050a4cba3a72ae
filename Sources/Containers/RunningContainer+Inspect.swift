import Documents
import ImageModel
import StrictJSON

extension RunningContainer {
  /// A container as `docker inspect` and `podman inspect` print it; `nil` for anything else. Of its configuration the
  /// image's name alone is looked at.
  ///
  /// Source: docs.docker.com/reference/api/engine; containers/podman `libpod/define/container_inspect.go`.
  init?(inspected document: JSONValue) {
    guard let state = document["State"], let id = document["Image"]?.string, let name = document["Name"]?.string else {
      return nil
    }
    let descriptor = document["ImageManifestDescriptor"]
    let manifest = descriptor?["digest"]?.string
    // Podman has the digest that the image was pulled by; Docker that of its platform's manifest, in one of its stores.
    let pulled = [document["ImageDigest"]?.string, manifest].compactMap(\.self)
    self.init(
      name: Self.plain(name), id: document["Id"]?.string.flatMap { Self.isID($0) ? $0 : nil },
      image: Self.startedWith(document), platform: descriptor?["platform"].flatMap { Platform(json: $0) },
      // With such a manifest the store is one that calls an image by what it was pulled by.
      digests: [KnownDigest(id, manifest == nil ? .id : .pulled)].compactMap(\.self)
        + pulled.compactMap { KnownDigest($0, .pulled) },
      isRunning: state["Running"]?.bool == true || Self.isRunning(state["Status"]?.string))
  }

  /// Whether a container of this state counts as one that runs: so does one that is paused, or about to run anew.
  static func isRunning(_ state: String?) -> Bool { ["running", "paused", "restarting"].contains(state) }

  /// What a container was started with, as its inspection has it.
  static func startedWith(_ document: JSONValue) -> String {
    document["ImageName"]?.string ?? document["Config"]?["Image"]?.string ?? ""
  }

  /// Docker's names begin with a slash.
  static func plain(_ name: String) -> String { name.hasPrefix("/") ? String(name.dropFirst()) : name }
}
