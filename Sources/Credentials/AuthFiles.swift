import Host
import ImageModel
import Synchronization

/// The files with log-ins of one user, read again when they change.
final class AuthFiles: Sendable {
  private let places: [AuthPlace]
  private let tell: @Sendable (String) -> Void
  private let known = Mutex<[AuthPlace: Known]>([:])

  /// A state of a file, and what it holds, or why it cannot be used.
  private struct Known: Sendable {
    let revision: String
    let file: Result<AuthFile, AuthFile.Unreadable>
  }

  /// What there is to be read, in order.
  struct Contents: Sendable {
    var files: [(name: String, file: AuthFile)] = []
    /// Why others cannot be used.
    var faults: [String] = []
  }

  /// - Parameter tell: gets what is wrong with a file, once for each state of it.
  init(_ places: [AuthPlace], tell: @escaping @Sendable (String) -> Void) {
    (self.places, self.tell) = (places, tell)
  }

  /// Costs one `stat` for each file while they stay as they are.
  func read() -> Contents {
    var contents = Contents()
    for place in places {
      let file =
        switch place.kind {
        case .variable(let text): state(place, "") { .success(Array(text.utf8)) }
        case .file(let path, _): self.file(place, path)
        }
      switch file {
      case .success(let file): contents.files.append((place.name, file))
      case .failure(let unreadable): contents.faults.append(unreadable.reason)
      case nil: break
      }
    }
    return contents
  }

  private func file(_ place: AuthPlace, _ path: String) -> Result<AuthFile, AuthFile.Unreadable>? {
    do throws(BoundedFile.Failure) {
      let revision = try BoundedFile.Revision(path)
      return state(place, revision.description, mode: revision.mode) {
        Result { () throws(BoundedFile.Failure) in try BoundedFile.read(path, limit: AuthFile.sizeLimit) }
      }
    } catch {
      // Most of the places are empty on every machine.
      if error.isMissing, place.namedBy == nil { return nil }
      return state(place, error.reason) { .failure(error) }
    }
  }

  private func state(
    _ place: AuthPlace, _ revision: String, mode: UInt32 = 0, _ read: () -> Result<[UInt8], BoundedFile.Failure>
  ) -> Result<AuthFile, AuthFile.Unreadable> {
    if let known = known.withLock({ $0[place] }), known.revision == revision { return known.file }
    let file = parsed(place, read())
    known.withLock { $0[place] = Known(revision: revision, file: file) }
    switch file {
    case .success(let file):
      if !place.isPassed, mode & 0o077 != 0 {
        tell("\(place.name.safe()) can be read by others (mode \(String(mode, radix: 8))): chmod 600 it")
      }
      for fault in file.faults { tell("\(place.name.safe()): \(fault)") }
    case .failure(let unreadable): tell(unreadable.reason)
    }
    return file
  }

  private func parsed(
    _ place: AuthPlace, _ bytes: Result<[UInt8], BoundedFile.Failure>
  ) -> Result<AuthFile, AuthFile.Unreadable> {
    let form = if case .file(_, let form) = place.kind { form } else { AuthFile.Form.config }
    let name = place.name.safe() + (place.namedBy.map { ", which \($0) names," } ?? "")
    do {
      return .success(try AuthFile(bytes.get(), form: form))
    } catch let error as AuthFile.Unreadable {
      return .failure(AuthFile.Unreadable(reason: "\(name) cannot be used (\(error.reason))"))
    } catch {
      let reason = (error as? BoundedFile.Failure)?.reason ?? "\(error)"
      return .failure(AuthFile.Unreadable(reason: "\(name) cannot be read (\(reason))"))
    }
  }
}

extension AuthPlace {
  /// What is wrong with it as it is now, without its name; nothing where it can be used. Never ends where the file
  /// system hangs.
  package var faults: [String] {
    guard case .file(let path, let form) = kind else { return [] }
    do {
      return try AuthFile(BoundedFile.read(path, limit: AuthFile.sizeLimit), form: form).faults
    } catch {
      return [(error as? BoundedFile.Failure)?.reason ?? (error as? AuthFile.Unreadable)?.reason ?? "\(error)"]
    }
  }
}
