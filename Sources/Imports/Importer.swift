package import Containers

/// Finds images in what was not written for `watcher`, one file or engine after another.
package struct Importer {
  private var findings = Findings()
  private let neighbours: (String) -> NeighbourFile
  /// Those that name no image at all.
  package private(set) var silent: [String] = []

  package var images: [WatchedImage] { findings.images }
  package var skipped: [SkippedImage] { findings.skipped }

  /// - Parameter neighbours: reads a file that another one names.
  package init(neighbours: @escaping (String) -> NeighbourFile) { self.neighbours = neighbours }

  package mutating func add(_ file: ImportFile, _ kind: ImportKind) throws(ImportError) {
    guard file.bytes.count <= kind.fileBytes else {
      throw ImportError("the file is longer than \(kind.fileBytes) bytes", file.name, "name a smaller one")
    }
    let before = findings.count
    switch kind {
    case .compose: try ComposeImages(neighbours: neighbours).find(in: file, &findings)
    case .diun: try DiunImages(neighbours: neighbours).find(in: file, &findings)
    case .dockerfile: try DockerfileImages.find(in: file, &findings)
    case .engine: try EngineImages.find(in: file, &findings)
    case .kubernetes: try KubernetesImages.find(in: file, &findings)
    case .workflow: try WorkflowImages.find(in: file, &findings)
    }
    if findings.count == before { silent.append(file.name) }
  }

  /// What an engine tells.
  ///
  /// - Parameter source: its socket.
  package mutating func add(_ containers: [RunningContainer], from source: String) {
    let before = findings.count
    EngineImages.find(in: containers, from: source, &findings)
    if findings.count == before { silent.append(source) }
  }
}
