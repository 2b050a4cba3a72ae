import ImageModel

/// Images that diun watches: of the file of its file provider, of labels in a Compose file, and of annotations of pods.
///
/// Source: crazy-max/diun `docs/providers/file.md`, `docker.md`, `swarm.md`, `kubernetes.md`.
struct DiunImages {
  let neighbours: (String) -> NeighbourFile

  static let prefix = "diun."
  private static let unmarked = "it has no label diun.enable=true"

  func find(in file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    let documents = try KubernetesImages.documents(file)
    if documents.contains(where: { $0.list != nil }) {
      for entry in documents.flatMap({ $0.list ?? [] }) { Self.entry(entry, file.name, &findings) }
    } else if documents.contains(where: { $0["services"] != nil || $0["include"] != nil }) {
      try labels(file, &findings)
    } else if documents.contains(where: { $0["apiVersion"] != nil }) {
      try Self.annotations(documents, file.name, &findings)
    } else if documents.contains(where: { $0["providers"] != nil || $0["watch"] != nil || $0["notif"] != nil }) {
      throw ImportError(
        "it is the configuration of diun itself, which names no images", file.name,
        "name what its provider reads: the file of providers.file, a Compose file, or manifests")
    } else if !documents.isEmpty {
      throw ImportError(
        "it is nothing that diun reads", file.name, "name a list of images, a Compose file, or manifests of Kubernetes")
    }
  }

  /// Of the file provider.
  private static func entry(_ entry: YAMLValue, _ file: String, _ findings: inout Findings) {
    let place = Place(file: file, line: (entry["name"] ?? entry).line)
    guard let name = entry["name"]?.text else { return findings.skip("an entry", at: place, "it has no name") }
    var settings = DiunSettings()
    settings.watchesRepository = entry["watch_repo"]?.text == "true"
    settings.include = entry["include_tags"]?.texts ?? []
    settings.exclude = entry["exclude_tags"]?.texts ?? []
    settings.maxTags = entry["max_tags"]?.text
    settings.others = DiunSettings.untold.map(\.key).filter { entry[$0]?.isGiven == true }
    if let platform = entry["platform"] {
      settings.platform = [platform["os"]?.text ?? "linux", platform["arch"]?.text ?? "", platform["variant"]?.text]
        .compactMap(\.self).joined(separator: "/")
    }
    settings.labels = (entry["metadata"]?.map ?? []).map { .init(name: $0.key, value: $0.value.text ?? "") }
    settings.add(name, at: place, origin: .pulled, &findings)
  }

  /// Of the providers for Docker and Swarm.
  private func labels(_ file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    let project = try ComposeProject(file, neighbours: neighbours)
    for (what, place, why) in project.missing { findings.skip(what, at: place, why) }
    for service in project.services {
      let place = service.image?.place ?? service.place
      do throws(Interpolation.Failure) {
        var labels = try Self.labels(of: service)
        if labels["diun.enable"] != "true" {
          findings.skip(service.image?.text ?? service.name, at: place, Self.unmarked)
        } else if let text = try service.imageText() {
          Self.readMetadata(&labels, at: place, &findings)
          DiunSettings(labels).add(text, at: place, origin: service.origin, &findings)
        } else {
          findings.skip(service.name, at: place, service.trouble ?? "it names no image")
        }
      } catch {
        findings.skip(service.image?.text ?? "", at: place, error.explanation(ComposeProject.source))
      }
    }
  }

  /// Those that are diun's; those that decide what is watched have their variables' values.
  private static func labels(of service: ComposeService) throws(Interpolation.Failure) -> [String: String] {
    var labels = service.labels.filter { $0.key.hasPrefix(prefix) }
    for name in DiunSettings.deciding {
      if let text = labels[name] { labels[name] = try service.interpolated(text) }
    }
    return labels
  }

  /// What `.env` says there may be a secret, and would stand in the configuration and in each event.
  private static func readMetadata(_ labels: inout [String: String], at place: Place, _ findings: inout Findings) {
    for (name, text) in labels.sorted(by: { $0.key < $1.key }) where name.hasPrefix(DiunSettings.metadata) {
      if text.replacing("$$", with: "").contains("$") {
        labels[name] = nil
        findings.skip(name, at: place, "it has a variable, whose value may be a secret")
      } else {
        labels[name] = text.replacing("$$", with: "$")
      }
    }
  }

  /// Of the provider for Kubernetes.
  private static func annotations(
    _ documents: [YAMLValue], _ file: String, _ findings: inout Findings
  ) throws(ImportError) {
    var room = Limits.importValues
    for container in KubernetesImages.containers(documents) {
      let place = Place(file: file, line: container.line)
      room -= container.annotations.count
      guard room >= 0 else {
        throw ImportError(
          "it has more than \(Limits.importValues) annotations, each as often as there are containers in its pod", file,
          line: container.line, "name a smaller file")
      }
      if container.annotations["diun.enable"] == "true" {
        DiunSettings(container.annotations).add(container.image, at: place, origin: container.origin, &findings)
      } else {
        findings.skip(container.image, at: place, "its pod has no annotation diun.enable: \"true\"")
      }
    }
  }
}
