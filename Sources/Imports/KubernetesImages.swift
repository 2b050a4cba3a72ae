/// Images of Kubernetes' manifests: wherever there is a list of containers, whatever kind of thing it is in.
enum KubernetesImages {
  /// A container, or a volume that is an image.
  struct Container {
    let image: String
    let line: Int
    let pullPolicy: String?
    /// Those of the pod that are diun's.
    let annotations: [String: String]

    var origin: Findings.Origin { pullPolicy == "Never" ? .neverPulled : .pulled }
  }

  static func find(in file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    for container in containers(try documents(file)) {
      findings.add(container.image, at: Place(file: file.name, line: container.line), origin: container.origin)
    }
  }

  static func documents(_ file: ImportFile) throws(ImportError) -> [YAMLValue] {
    do {
      return try YAMLDocuments.read(file.bytes, file: file.name)
    } catch {
      guard file.bytes.firstRange(of: Array("{{".utf8)) != nil else { throw error }
      throw ImportError(error.what, error.file, line: error.line, "if it is a template, name what it is rendered to")
    }
  }

  static func containers(_ documents: [YAMLValue]) -> [Container] {
    var found: [Container] = []
    for document in documents { walk(document, annotations: [:], &found) }
    return found
  }

  private static let lists = ["initContainers", "containers", "ephemeralContainers"]

  private static func walk(_ value: YAMLValue, annotations: [String: String], _ found: inout [Container]) {
    for element in value.list ?? [] { walk(element, annotations: [:], &found) }
    guard let members = value.map else { return }
    let all = (value["metadata"]?["annotations"]?.map ?? []).lazy.filter { $0.key.hasPrefix(DiunImages.prefix) }
    let own = Dictionary(all.map { ($0.key, $0.value.text ?? "") }) { first, _ in first }
    for member in members {
      if lists.contains(member.key) || member.key == "volumes" {
        found += (member.value.list ?? []).compactMap { container($0, annotations) }
      }
      walk(member.value, annotations: own, &found)
    }
  }

  private static func container(_ value: YAMLValue, _ annotations: [String: String]) -> Container? {
    guard let image = value["image"] else { return nil }
    let name = image["reference"] ?? image
    guard let text = name.text, !text.isEmpty else { return nil }
    return Container(
      image: text, line: name.line, pullPolicy: (value["imagePullPolicy"] ?? image["pullPolicy"])?.text,
      annotations: annotations)
  }
}
