/// Why an engine, or a file, does not tell which containers there are.
package struct ContainerFailure: Error, Hashable, Sendable {
  /// Without the engine's socket or the file's name: `line 3: there is no "image"`.
  package let message: String
  /// What to do, where that is not the same for all.
  package let remedy: String?

  package init(_ message: String, remedy: String? = nil) { (self.message, self.remedy) = (message, remedy) }
}
