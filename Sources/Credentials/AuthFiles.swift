import Host
import ImageModel
import Synchronization

/// The files with log-ins of one user, read again when they change.
final class AuthFiles: Sendable {
  private let places: [AuthPlace]
  private let tell: @Sendable (String) -> Void
  private let known = Mutex<[AuthPlace: Known]>([:])

  /// A state of a file, and what it holds; no file where it cannot be used.
  private struct Known: Sendable {
    let revision: String
    let file: AuthFile?
  }

  /// - Parameter tell: gets what is wrong with a file, once for each state of it.
  init(_ places: [AuthPlace], tell: @escaping @Sendable (String) -> Void) {
    (self.places, self.tell) = (places, tell)
  }

  /// Those that are there and can be used. Costs one `stat` each while they stay as they are.
  func read() -> [(name: String, file: AuthFile)] {
    places.compactMap { place in
      let file =
        switch place.kind {
        case .variable(let text): state(place, "") { .success(Array(text.utf8)) }
        case .file(let path, _): self.file(place, path)
        }
      return file.map { (place.name, $0) }
    }
  }

  private func file(_ place: AuthPlace, _ path: String) -> AuthFile? {
    do throws(BoundedFile.Failure) {
      let revision = try BoundedFile.Revision(path)
      return state(place, revision.description) {
        if !place.isPassed, revision.mode & 0o077 != 0 {
          tell("\(path.safe()) can be read by others (mode \(String(revision.mode, radix: 8))): chmod 600 it")
        }
        return Result { () throws(BoundedFile.Failure) in try BoundedFile.read(path, limit: AuthFile.sizeLimit) }
      }
    } catch {
      // Most of the places are empty on every machine.
      if error.isMissing { return nil }
      return state(place, error.reason) { .failure(error) }
    }
  }

  private func state(
    _ place: AuthPlace, _ revision: String, _ read: () -> Result<[UInt8], BoundedFile.Failure>
  ) -> AuthFile? {
    if let known = known.withLock({ $0[place] }), known.revision == revision { return known.file }
    let file = parsed(place, read())
    known.withLock { $0[place] = Known(revision: revision, file: file) }
    return file
  }

  private func parsed(_ place: AuthPlace, _ bytes: Result<[UInt8], BoundedFile.Failure>) -> AuthFile? {
    let form = if case .file(_, let form) = place.kind { form } else { AuthFile.Form.config }
    do {
      let file = try AuthFile(bytes.get(), form: form)
      for fault in file.faults { tell("\(place.name.safe()): \(fault)") }
      return file
    } catch let error as AuthFile.Unreadable {
      tell("\(place.name.safe()) cannot be used (\(error.reason))")
    } catch {
      tell("\(place.name.safe()) cannot be read (\((error as? BoundedFile.Failure)?.reason ?? "\(error)"))")
    }
    return nil
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
