import ImageModel

/// Where images are looked for.
package enum ImportKind: String, CaseIterable, Sendable {
  case diun, compose, kubernetes, dockerfile, workflow
  /// What runs: an engine tells it, or a file that `drift` takes.
  case engine

  /// How long a file may be.
  package var fileBytes: Int { self == .engine ? Limits.containerFileBytes : Limits.importBytes }
}
