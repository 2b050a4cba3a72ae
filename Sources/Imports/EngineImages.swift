import Containers

/// Images that run. Each is looked at as it was started: what its tag names on that machine by now is no matter.
struct EngineImages {
  static func find(in file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    do throws(ContainerFailure) {
      find(in: try ContainerFile.containers(in: file.bytes), from: file.name, &findings)
    } catch {
      throw ImportError("it is not understood: \(error.message)", file.name, ContainerFile.remedy)
    }
  }

  static func find(in containers: [RunningContainer], from source: String, _ findings: inout Findings) {
    var seen: Set<String> = []
    for container in containers {
      let place = Place(file: source)
      if let why = reason(container) {
        findings.skip(container.name, at: place, why)
      } else if seen.insert(container.image).inserted {
        findings.add(container.image, at: place, origin: container.isLocal ? .local : .pulled)
      }
    }
  }

  /// Why a container has no image that could be watched or left out by its name.
  private static func reason(_ container: RunningContainer) -> String? {
    if !container.isRunning { return "it does not run" }
    if container.image.isEmpty { return "it is not told what it was started with" }
    return container.isStartedByID ? "it was started by an image ID, which names no tag" : nil
  }
}
