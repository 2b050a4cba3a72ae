import ImageModel
import StrictJSON

extension RunningContainer {
  /// A Pod's containers. Those that only prepare it have ended, and do not count.
  ///
  /// The name that a container was started with stands in its specification: that of its status is one of those that
  /// its node knows the image by. Source: kubernetes.io/docs/reference/kubernetes-api, ContainerStatus.
  static func ofPod(_ pod: JSONValue) -> [RunningContainer] {
    let metadata = pod["metadata"]
    let place = [metadata?["namespace"]?.string ?? "default", metadata?["name"]?.string ?? ""].joined(separator: "/")
    let statuses = pod["status"]?["containerStatuses"]?.array ?? []
    let specified = pod["spec"]?["containers"]?.array ?? []
    let names = (specified + statuses).compactMap { $0["name"]?.string }
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }.map { name in
      let status = statuses.first { $0["name"]?.string == name }
      let image = specified.first { $0["name"]?.string == name }?["image"]?.string
      let id = status?["imageID"]?.string.flatMap { KnownDigest($0, .id) }
      return RunningContainer(
        name: "\(place)/\(name)", image: image ?? status?["image"]?.string ?? "", digests: [id].compactMap(\.self),
        isRunning: status?["state"]?["running"]?.object != nil,
        gap: id == nil ? "its Pod's status names no image" : nil)
    }
  }
}
