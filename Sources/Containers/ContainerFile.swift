import ImageModel
import StrictJSON

/// Reads containers from what `docker inspect`, `podman inspect` and `kubectl get pods -o json` print, and from lines
/// of JSON. No text of a document but names, references and digests ever leaves it.
package enum ContainerFile {
  /// What to do about one that is not understood.
  package static let remedy =
    "give what docker inspect, podman inspect or kubectl get pods -o json prints, or a line of JSON for each container"

  /// Those of all documents in it, running or not.
  package static func containers(in bytes: [UInt8]) throws(ContainerFailure) -> [RunningContainer] {
    var containers: [RunningContainer] = []
    for (place, document) in try documents(bytes) {
      containers += try self.containers(document, place)
      guard containers.count <= Limits.containers else {
        throw ContainerFailure("it has more than \(Limits.containers) containers")
      }
    }
    return containers
  }

  /// The elements of an array, or one document, or one a line.
  private static func documents(_ bytes: [UInt8]) throws(ContainerFailure) -> [(String, JSONValue)] {
    do throws(JSONError) {
      let value = try ContainerJSON.parse(bytes)
      return value.array?.enumerated().map { ("element \($0 + 1): ", $1) } ?? [("", value)]
    } catch {
      guard error.code == .trailingBytes else { throw ContainerFailure(words(error)) }
      return try lines(bytes)
    }
  }

  private static func lines(_ bytes: [UInt8]) throws(ContainerFailure) -> [(String, JSONValue)] {
    var documents: [(String, JSONValue)] = []
    var (rest, number) = (bytes[...], 0)
    // One after the other: all at once take many times the size of a file of nothing but ends of lines.
    while !rest.isEmpty {
      let line = rest[..<(rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex)]
      (rest, number) = (rest[line.endIndex...].dropFirst(), number + 1)
      if line.allSatisfy({ " \t\r".utf8.contains($0) }) { continue }
      let place = "line \(number): "
      do throws(JSONError) {
        documents.append((place, try ContainerJSON.parse(Array(line))))
      } catch {
        throw ContainerFailure(place + words(error))
      }
      guard documents.count <= Limits.containers else {
        throw ContainerFailure("it has more than \(Limits.containers) lines")
      }
    }
    return documents
  }

  /// The reader's own words quote what they found, which may be anybody's secret.
  private static func words(_ error: JSONError) -> String {
    "not JSON at byte \(error.offset) (\(error.code.rawValue))"
  }

  private static func containers(_ document: JSONValue, _ place: String) throws(ContainerFailure) -> [RunningContainer]
  {
    if let kind = document["kind"]?.string { return try pods(document, kind, place) }
    if let container = RunningContainer(inspected: document) { return [container] }
    if document["image"] != nil || document["digests"] != nil { return [try line(document, place)] }
    throw ContainerFailure(
      "\(place)neither what docker inspect or podman inspect prints of containers, nor Pods, nor an object "
        + "with \"name\", \"image\" and \"digests\"")
  }

  private static func pods(
    _ document: JSONValue, _ kind: String, _ place: String
  ) throws(ContainerFailure) -> [RunningContainer] {
    if kind == "Pod" { return RunningContainer.ofPod(document) }
    guard let items = document["items"]?.array else {
      throw ContainerFailure("\(place)an object of Kubernetes that is neither a Pod nor a list")
    }
    let pods = items.filter { ($0["kind"]?.string ?? "Pod") == "Pod" }
    guard !pods.isEmpty || items.isEmpty else { throw ContainerFailure("\(place)a list without a Pod") }
    return pods.flatMap { RunningContainer.ofPod($0) }
  }

  private static func line(_ document: JSONValue, _ place: String) throws(ContainerFailure) -> RunningContainer {
    guard let name = document["name"]?.string else { throw ContainerFailure("\(place)there is no \"name\"") }
    guard let image = document["image"]?.string else { throw ContainerFailure("\(place)there is no \"image\"") }
    let listed = document["digests"]
    // What is given in another way would be missed in silence.
    guard document["digest"] == nil, listed?.array != nil || listed?.isNull ?? true else {
      throw ContainerFailure("\(place)digests are a list: \"digests\": [\"sha256:…\"]")
    }
    guard listed?.array?.count ?? 0 <= Limits.containerDigests else {
      throw ContainerFailure("\(place)it has more than \(Limits.containerDigests) digests")
    }
    var digests: [KnownDigest] = []
    for value in listed?.array ?? [] {
      guard let known = value.string.flatMap({ KnownDigest($0, .unspecified) }) else {
        throw ContainerFailure("\(place)\"digests\" takes sha256:… and name@sha256:… alone")
      }
      digests.append(known)
    }
    var platform: Platform?
    if let text = document["platform"]?.string {
      platform = Platform(text)
      if platform == nil { throw ContainerFailure("\(place)\"platform\" is os/arch or os/arch/variant") }
    }
    return RunningContainer(name: name, image: image, platform: platform, digests: digests)
  }
}
