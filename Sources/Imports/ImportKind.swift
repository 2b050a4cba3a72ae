/// Which files images are looked for in.
package enum ImportKind: String, CaseIterable, Sendable {
  case diun, compose, kubernetes, dockerfile, workflow
}
