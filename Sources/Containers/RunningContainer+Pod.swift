import ImageModel
import StrictJSON

extension RunningContainer {
  /// Where a Pod has its containers, and what became of them.
  private static let kinds = [
    ("containers", "containerStatuses"), ("initContainers", "initContainerStatuses"),
    ("ephemeralContainers", "ephemeralContainerStatuses"),
  ]

  /// A Pod's containers. Those that only prepare it have ended, and do not count; of those that are started before it,
  /// sidecars go on beside it, and do.
  ///
  /// The name that a container was started with stands in its specification: that of its status is one of those that
  /// its node knows the image by. Source: kubernetes.io/docs/reference/kubernetes-api, ContainerStatus;
  /// kubernetes.io/docs/concepts/workloads/pods/sidecar-containers.
  static func ofPod(_ pod: JSONValue) -> [RunningContainer] {
    let metadata = pod["metadata"]
    let place = [metadata?["namespace"]?.string ?? "default", metadata?["name"]?.string ?? ""].joined(separator: "/")
    return kinds.flatMap { kind, statusKind in
      let specified = pod["spec"]?[kind]?.array ?? []
      let statuses = pod["status"]?[statusKind]?.array ?? []
      let names = (specified + statuses).compactMap { $0["name"]?.string }
      var seen: Set<String> = []
      return names.filter { seen.insert($0).inserted }.compactMap { name -> RunningContainer? in
        let specification = specified.first { $0["name"]?.string == name }
        if kind == "initContainers", specification?["restartPolicy"]?.string != "Always" { return nil }
        let status = statuses.first { $0["name"]?.string == name }
        let id = status?["imageID"]?.string.flatMap { KnownDigest($0, .id) }
        return RunningContainer(
          name: "\(place)/\(name)", image: specification?["image"]?.string ?? status?["image"]?.string ?? "",
          digests: [id].compactMap(\.self), isRunning: status?["state"]?["running"]?.object != nil,
          gap: id == nil ? "its Pod's status names no image" : nil)
      }
    }
  }
}
