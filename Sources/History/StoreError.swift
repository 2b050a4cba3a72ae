package import ImageModel

/// Why the store could not do what was asked: a stable code, and one line for a person.
package struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable, CaseIterable {
    /// The file is no sound SQLite database, or a stored value cannot be what it is.
    case damaged
    /// A sound database, or another kind of file, that is not watcher's.
    case foreign
    /// Written by a newer version of watcher.
    case newer
    /// Written by an older version of watcher, and opened for reading only.
    case older
    case cannotCreate
    /// Reading, writing or syncing failed. After this the connection is not to be trusted: end the process and
    /// let recovery decide what is true. Source: docs/store.md, What an error means.
    case io
    /// The disk is full; nothing of the transaction remains, reads go on.
    case full
    /// Another process holds the database.
    case locked
    case permission
    /// There is no database, or nothing in it yet.
    case missing
    /// Another connection was in the way for longer than the busy timeout.
    case busy
    case internalError
  }

  package let code: Code
  /// What happened, where, and what to do, in one line: `<what> (<where>): <what to do>`.
  package let message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    // It names paths, which may hold anything.
    self.message = message.safe(limit: .max)
  }

  package var description: String { message }

  /// The exit code of a command that ends because of this. Source: docs/store.md, What an error means.
  package var exitCode: ExitCode {
    switch code {
    case .damaged, .foreign, .newer, .older: .data
    case .missing: .notFound
    case .internalError: .internalError
    case .cannotCreate: .cannotCreate
    case .io, .full: .inputOutput
    case .locked, .busy: .locked
    case .permission: .permission
    }
  }
}

extension StoreError {
  /// Whether the same transaction may succeed after a while without anybody's doing. After an I/O error it may
  /// not be tried: what is on disk is unknown until the next start. Source: docs/store.md, What an error means.
  package var isTransient: Bool { code == .full || code == .busy }
}
