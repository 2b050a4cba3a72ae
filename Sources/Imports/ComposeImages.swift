/// Images of Compose files.
struct ComposeImages {
  let neighbours: (String) -> NeighbourFile

  func find(in file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    let project = try ComposeProject(file, neighbours: neighbours)
    for (what, place, why) in project.missing { findings.skip(what, at: place, why) }
    // What one service builds another one may use.
    let built = Set(project.services.filter(\.isBuilt).compactMap { try? $0.imageText() })
    for service in project.services {
      Self.add(service, to: &findings, origin: service.origin) { built.contains($0) }
    }
  }

  /// - Parameter isBuilt: whether an image is one that another service builds.
  static func add(
    _ service: ComposeService, to findings: inout Findings, origin: Findings.Origin,
    settings: WatchedImage.Settings = .init(), isBuilt: (String) -> Bool
  ) {
    do throws(Interpolation.Failure) {
      if let text = try service.imageText(), let place = service.image?.place {
        let origin = origin == .pulled && isBuilt(text) ? .built : origin
        return findings.add(text, at: place, origin: origin, settings: settings)
      }
    } catch {
      if let image = service.image {
        return findings.skip(image.text, at: image.place, error.explanation(ComposeProject.source))
      }
    }
    let why = service.trouble ?? (service.isBuilt ? "it is built here, and its image has no name" : "it names no image")
    findings.skip(service.name, at: service.place, why)
  }
}
