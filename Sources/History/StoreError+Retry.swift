extension StoreError {
  /// Whether the same transaction may succeed after a while without anybody's doing. After an I/O error it may
  /// not be tried: what is on disk is unknown until the next start. Source: docs/store.md, What an error means.
  package var isTransient: Bool { code == .full || code == .busy }
}
