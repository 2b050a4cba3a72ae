import ImageModel

/// Finds images in files that were not written for `watcher`, one file after another.
package struct Importer {
  private var findings = Findings()
  private let neighbours: (String) -> NeighbourFile
  /// Files that name no image at all.
  package private(set) var silent: [String] = []

  package var images: [WatchedImage] { findings.images }
  package var skipped: [SkippedImage] { findings.skipped }

  /// - Parameter neighbours: reads a file that another one names.
  package init(neighbours: @escaping (String) -> NeighbourFile) { self.neighbours = neighbours }

  package mutating func add(_ file: ImportFile, _ kind: ImportKind) throws(ImportError) {
    guard file.bytes.count <= Limits.importBytes else {
      throw ImportError("the file is longer than \(Limits.importBytes) bytes", file.name, "name a smaller one")
    }
    let found = (images.count, skipped.count)
    switch kind {
    case .compose: try ComposeImages(neighbours: neighbours).find(in: file, &findings)
    case .diun: try DiunImages(neighbours: neighbours).find(in: file, &findings)
    case .dockerfile: try DockerfileImages.find(in: file, &findings)
    case .kubernetes: try KubernetesImages.find(in: file, &findings)
    case .workflow: try WorkflowImages.find(in: file, &findings)
    }
    if found == (images.count, skipped.count) { silent.append(file.name) }
  }
}
