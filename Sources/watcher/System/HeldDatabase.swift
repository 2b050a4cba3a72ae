import Control
import ImageModel
import Service

/// A database that another process holds; if that is a daemon, it can be asked.
enum HeldDatabase {
  /// - Throws: what the daemon refuses with; status 75 where there is none to ask.
  static func ask<Answer>(_ question: () throws(ControlError) -> Answer) throws(CommandError) -> Answer {
    do {
      return try question()
    } catch {
      guard error.status == .unavailable, !error.isReply else { throw CommandError(error.status, error.message.shown) }
      throw CommandError(
        .locked,
        "another process holds the database and does not take requests (\((error.attempts ?? error.message).shown)): "
          + "stop it first"
      )
    }
  }
}
