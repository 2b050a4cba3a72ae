import Glibc
import History
import Host
package import ImageModel
package import StrictJSON

/// Asks the daemon of a database. Blocks; for commands.
package enum ControlClient {
  /// How a daemon is doing, in one line.
  ///
  /// - Throws: as `ask`; status 69 when the daemon does not work.
  package static func health(database: String, environment: [String: String]) throws(ControlError) -> String {
    guard let status = try ask(.health, database: database, environment: environment)["status"]?.string else {
      throw .noReply
    }
    return status
  }

  /// What is wrong with the daemon itself, tags and sinks aside, or that it does not answer at once; `nil` where
  /// nothing is, and where nobody may or can be asked.
  package static func problem(database: String, environment: [String: String]) -> String? {
    do throws(ControlError) {
      let reply = try ask(
        .health, database: database, environment: environment, silenceSeconds: Limits.statusSilenceSeconds)
      return reply["remark"]?.string
    } catch {
      return error.status == .unavailable && error.attempts == nil ? error.message : nil
    }
  }

  /// Has the daemon poll tags, or its watchlist where `tags` is `nil`.
  ///
  /// - Parameter progress: called with the number of tags done, and of all.
  /// - Throws: as `ask`.
  package static func check(
    _ tags: [TagReference]?, database: String, environment: [String: String],
    progress: (_ done: Int, _ total: Int) -> Void
  ) throws(ControlError) -> CheckReport {
    var results: [CheckReport.Result] = []
    let end = try ask(.check(tags), database: database, environment: environment) { line throws(ControlError) in
      if let counts = line["progress"], let done = counts["done"]?.integer, let total = counts["total"]?.integer {
        progress(Int(done), Int(total))
      } else if let item = line["item"], let result = CheckReport.Result(json: item) {
        results.append(result)
      } else {
        throw .noReply
      }
    }
    guard let milliseconds = end["polling_ms"]?.integer else { throw .noReply }
    let unlisted = (end["unlisted"]?.array ?? []).compactMap(CheckReport.Unlisted.init(json:))
    return CheckReport(results: results, unlisted: unlisted, pollingSeconds: Double(milliseconds) / 1000)
  }

  /// Has the daemon poll tags, and does not wait for it.
  ///
  /// - Returns: those that are not watched.
  /// - Throws: as `ask`.
  package static func hint(
    _ tags: [TagReference], database: String, environment: [String: String]
  ) throws(ControlError) -> [TagReference] {
    guard let names = try ask(.hint(tags), database: database, environment: environment)["unwatched"]?.array
    else { throw .noReply }
    let unwatched = Set(names.compactMap(\.string))
    return tags.filter { unwatched.contains($0.description) }
  }

  /// What the daemon says.
  ///
  /// - Parameters:
  ///   - database: its path, as opened.
  ///   - silenceSeconds: for how long nothing may come.
  ///   - take: gets the lines before the last one.
  /// - Throws: status 69 when no daemon of this database answers; what the daemon refuses with.
  package static func ask(
    _ request: ControlRequest, database: String, environment: [String: String],
    silenceSeconds: Int = Limits.daemonSilenceSeconds, take: (_ line: JSONValue) throws(ControlError) -> Void = { _ in }
  ) throws(ControlError) -> JSONValue {
    let database = HistoryWriter.canonicalPath(database)
    let paths = ControlSocket.paths(database: database, environment: environment)
    var reasons: [String] = []
    var forbidden: String?
    var isAnother = false
    for path in paths {
      switch ControlSocket.connect(path, seconds: silenceSeconds) {
      case .failure(let error) where error.code == EAGAIN: throw silent(path)
      case .failure(let error):
        reasons.append("\(path): \(error)")
        if error.code == EACCES { forbidden = forbidden ?? path }
      case .success(let descriptor):
        defer { close(descriptor) }
        do throws(ControlError) {
          return try exchange(request.line(database: database), descriptor, path, take)
        } catch {
          guard error.code == .otherDatabase else { throw error }
          isAnother = true
          reasons.append("\(path): \(error.message)")
        }
      }
    }
    // The service's socket is no other user's business, unless there is a daemon.
    var error = ControlError.unanswered(
      database, reasons, forbidden: DatabaseLock.isHeld(for: database) ? forbidden : nil)
    if isAnother { error.code = .otherDatabase }
    throw error
  }

  private static func exchange(
    _ line: [UInt8], _ descriptor: Int32, _ path: String, _ take: (JSONValue) throws(ControlError) -> Void
  ) throws(ControlError) -> JSONValue {
    guard sendAll(line + [UInt8(ascii: "\n")], descriptor) else { throw silent(path) }
    var buffer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      var rest = buffer[...]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        let reply = try parse(Array(rest[..<end]), path)
        if let result = reply["result"] { return result }
        if let error = reply["error"] { throw ControlError(reply: error) }
        try take(reply)
        rest = rest[(end + 1)...]
      }
      buffer = Array(rest)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      if count > 0, buffer.count < ControlLimits.replyBytes {
        buffer += chunk[..<count]
      } else if count >= 0 || errno != EINTR {
        throw silent(path)
      }
    }
  }

  private static func parse(_ line: [UInt8], _ path: String) throws(ControlError) -> JSONValue {
    let limits = JSONLimits(bytes: ControlLimits.replyBytes, values: ControlLimits.replyBytes)
    guard let reply = try? StrictJSON.parse(line, limits: limits) else {
      throw ControlError(.unavailable, "what answers at \(path) is no daemon of watcher: see what it is")
    }
    return reply
  }

  private static func silent(_ path: String) -> ControlError {
    ControlError(.unavailable, "the daemon at \(path) does not answer: see its log")
  }

  private static func sendAll(_ bytes: [UInt8], _ descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count > 0 {
        rest = rest.dropFirst(count)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
