import Control
import History
import ImageModel
import Service

/// A database that another process holds; if that is a daemon, it can be asked.
enum HeldDatabase {
  /// Does it here, or has the daemon do it that holds the database.
  ///
  /// - Parameters:
  ///   - path: of the database. Whoever may ask the daemon need not have the right to write to its files.
  ///   - here: throws that the database is locked where somebody else holds it by then.
  ///   - asking: asks whoever that is.
  static func perform<Answer>(
    _ path: String, here: () async throws -> Answer, asking: () throws(ControlError) -> Answer
  ) async throws -> Answer {
    do {
      try DatabaseLock.refuseHeld(path)
      return try await here()
    } catch let error as StoreError where error.code == .locked {
      return try ask(asking, whoHolds: error)
    }
  }

  /// - Throws: what the daemon refuses with; status 75 where there is none to ask.
  private static func ask<Answer>(
    _ question: () throws(ControlError) -> Answer, whoHolds held: StoreError
  ) throws(CommandError) -> Answer {
    do {
      return try question()
    } catch {
      guard !error.isReply, error.status != .permission else { throw CommandError(error.status, error.message.shown) }
      throw CommandError(
        .locked, "nobody can be asked (\((error.attempts ?? error.message).shown)), and \(held.message.shown)")
    }
  }
}
