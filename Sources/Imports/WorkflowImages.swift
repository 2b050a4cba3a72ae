/// Images of GitHub's workflows, and of actions.
///
/// Source: docs.github.com, Workflow syntax for GitHub Actions; Metadata syntax for GitHub Actions.
enum WorkflowImages {
  static func find(in file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    let documents = try YAMLDocuments.read(file.bytes, file: file.name)
    guard documents.contains(where: { $0["jobs"] != nil || $0["runs"] != nil }) else {
      throw ImportError("it has neither jobs nor runs", file.name, "name a workflow or an action, or another kind")
    }
    let images = Images(file: file.name)
    for document in documents {
      for job in document["jobs"]?.map ?? [] { images.job(job.value, &findings) }
      if let runs = document["runs"] {
        if let image = runs["image"], image.text?.hasPrefix(scheme) == true { images.add(image, &findings) }
        images.steps(runs, &findings)
      }
    }
  }

  private static let scheme = "docker://"

  private struct Images {
    let file: String

    func job(_ job: YAMLValue, _ findings: inout Findings) {
      if let container = job["container"] { add(container["image"] ?? container, &findings) }
      for service in job["services"]?.map ?? [] { if let image = service.value["image"] { add(image, &findings) } }
      steps(job, &findings)
    }

    func steps(_ value: YAMLValue, _ findings: inout Findings) {
      for step in value["steps"]?.list ?? [] {
        if let uses = step["uses"], uses.text?.hasPrefix(scheme) == true { add(uses, &findings) }
      }
    }

    func add(_ image: YAMLValue, _ findings: inout Findings) {
      // Without a name a job has no container.
      guard let text = image.text, !text.isEmpty else { return }
      let place = Place(file: file, line: image.line)
      guard !text.contains("${{") else {
        return findings.skip(text, at: place, "it has an expression, whose value only a run knows")
      }
      findings.add(text.hasPrefix(scheme) ? String(text.dropFirst(scheme.count)) : text, at: place)
    }
  }
}
