import ImageModel
import StrictJSON

/// Reads what is told of containers: the members that are needed here, and nothing else. A container's environment and
/// command line never are in memory as more than bytes of their document.
enum ContainerJSON {
  private static let keys = [
    // Lines, and Kubernetes.
    "name", "image", "digests", "platform", "kind", "items", "metadata", "namespace", "spec", "containers", "status",
    "containerStatuses", "imageID", "state", "running", "initContainers", "initContainerStatuses", "restartPolicy",
    "ephemeralContainers", "ephemeralContainerStatuses",
    // Engines.
    "ApiVersion", "Id", "Name", "Names", "Image", "ImageID", "ImageName", "ImageDigest", "Config", "State", "Status",
    "Running", "RepoDigests", "Os", "Architecture", "Variant", "OsVersion",
    // Descriptors.
    "ImageManifestDescriptor", "digest", "os", "architecture", "variant", "os.version",
  ]
  private static let limits = JSONLimits(
    depth: Limits.jsonDepth, bytes: Limits.containerFileBytes, values: Limits.containerFileValues)

  static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    try StrictJSON.parse(bytes, knowing: keys, limits: limits)
  }
}
