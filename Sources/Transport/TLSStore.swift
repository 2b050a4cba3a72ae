import CCurl
import Glibc
import Host
import Synchronization

/// Copies the files that TLS settings name, and keeps the copies for as long as the files stay the same. Nobody looks
/// at them on the loop's thread, and nobody waits for a file system that hangs longer than for a moment: then what is
/// known counts on.
final class TLSStore: Sendable {
  typealias Found = Result<TLSMaterial, TLSFilesFailure>

  /// The system's bundle as libcurl was built to find it; `nil` where it uses a directory alone.
  static let systemFile: String? = {
    guard let info = curl_version_info(CURLVERSION_SEVENTH), let path = info.pointee.cainfo else { return nil }
    return FileStamp(String(cString: path)) == nil ? nil : String(cString: path)
  }()

  /// So many looks may hang, each with a thread, before no more are begun.
  private static let hangingLimit = 16

  private final class Entry {
    var found: Found?
    /// When the last look began.
    var began: Int64 = 0
    var look: Task<Found, Never>?
    /// It is not waited for any more.
    var hangs = false
  }

  private struct State {
    var entries: [TLSSettings: Entry] = [:]
    var hanging = 0
    /// With so many entries it is looked for some to forget.
    var sweepCount = 64

    func copy(of files: [String], _ stamps: [FileStamp]) -> FileCopy? {
      for entry in entries.values {
        guard case .success(let material)? = entry.found else { continue }
        if let copy = material.copies.first(where: { $0.files == files && $0.stamps == stamps }) { return copy }
      }
      return nil
    }
  }

  private let settings: ClientSettings
  private let state = Mutex(State())

  init(_ settings: ClientSettings) { self.settings = settings }

  var count: Int { state.withLock { $0.entries.count } }

  /// What connections of these settings are made with, by the files as they are now or were a moment ago.
  func material(for tls: TLSSettings) async -> Found {
    guard tls.namesFiles else { return .success(TLSMaterial()) }
    switch enter(tls) {
    case .known(let found): return found
    case .looking(let look): return await look.value
    }
  }

  /// The same where it is known by now, without waiting for anything.
  func knownMaterial(for tls: TLSSettings) -> Found? {
    guard tls.namesFiles else { return .success(TLSMaterial()) }
    let now = MonotonicClock.nanoseconds()
    return state.withLock { state in
      guard let entry = state.entries[tls], now - entry.began < Int64(settings.lookMilliseconds) * 1_000_000 else {
        return nil
      }
      return entry.found
    }
  }

  private enum Step: Sendable {
    case known(Found)
    case looking(Task<Found, Never>)
  }

  private func enter(_ tls: TLSSettings) -> Step {
    let now = MonotonicClock.nanoseconds()
    return state.withLock { state in
      let entry = state.entries[tls] ?? add(tls, at: now, to: &state)
      if let found = entry.found, now - entry.began < Int64(settings.lookMilliseconds) * 1_000_000 {
        return .known(found)
      }
      if let look = entry.look, !entry.hangs { return .looking(look) }
      guard entry.look == nil, state.hanging < Self.hangingLimit else {
        return .known(entry.found ?? .failure(unanswered(tls)))
      }
      entry.began = now
      let look = Task { await self.look(tls) }
      entry.look = look
      return .looking(look)
    }
  }

  private func add(_ tls: TLSSettings, at now: Int64, to state: inout State) -> Entry {
    if state.entries.count >= state.sweepCount {
      let kept = now - Int64(settings.keptMilliseconds) * 1_000_000
      state.entries = state.entries.filter { $0.value.look != nil || $0.value.began > kept }
      state.sweepCount = 2 * state.entries.count + 64
    }
    let entry = Entry()
    entry.began = now
    state.entries[tls] = entry
    return entry
  }

  // MARK: Looking

  private func look(_ tls: TLSSettings) async -> Found {
    do {
      return try await blocking(within: settings.lookSeconds) { self.ended(tls, self.read(tls)) }
    } catch {
      let found = state.withLock { state -> Found? in
        // It may have ended meanwhile.
        guard let entry = state.entries[tls], entry.look != nil else { return state.entries[tls]?.found }
        entry.hangs = true
        state.hanging += 1
        return entry.found
      }
      let failure = unanswered(tls)
      settings.tell(failure.message + (found == nil ? "" : "; what was read before counts on"))
      return found ?? .failure(failure)
    }
  }

  private func ended(_ tls: TLSSettings, _ found: Found) -> Found {
    state.withLock { state in
      guard let entry = state.entries[tls] else { return }
      if entry.hangs { state.hanging -= 1 }
      (entry.found, entry.look, entry.hangs) = (found, nil, false)
    }
    return found
  }

  private func unanswered(_ tls: TLSSettings) -> TLSFilesFailure {
    let files = [tls.caFile, tls.clientCertFile, tls.clientKeyFile].compactMap(\.self) + tls.folders
    return TLSFilesFailure(
      message: "\(files.joined(separator: ", ")): no answer within \(settings.lookSeconds) s",
      advice: "see to the file system that it is on")
  }

  // MARK: Reading

  private func read(_ tls: TLSSettings) -> Found {
    do throws(TLSFilesFailure) { return .success(try material(tls)) } catch { return .failure(error) }
  }

  private func material(_ tls: TLSSettings) throws(TLSFilesFailure) -> TLSMaterial {
    if let folder = try settings.readFolder(tls.folders) {
      do throws(FileCopy.Problem) {
        return try material(tls, folder.authorities, folder.client?.certificate, folder.client?.key)
      } catch {
        throw CertificateFolder.failure(folder.path, "\(error.file): \(error.reason)")
      }
    }
    do throws(FileCopy.Problem) {
      return try material(tls, [tls.caFile].compactMap(\.self), tls.clientCertFile, tls.clientKeyFile)
    } catch {
      let fault = "\(error.file) cannot be used: \(error.reason)"
      switch Optional(error.file) {
      case tls.clientKeyFile:
        throw TLSFilesFailure(message: "the client's key \(fault)", advice: "correct client_key_file")
      case tls.clientCertFile:
        throw TLSFilesFailure(message: "the client certificate \(fault)", advice: "correct client_cert_file")
      default: throw TLSFilesFailure(message: "the CA file \(fault)")
      }
    }
  }

  private func material(
    _ tls: TLSSettings, _ authorities: [String], _ certificate: String?, _ key: String?
  ) throws(FileCopy.Problem) -> TLSMaterial {
    var material = TLSMaterial()
    do throws(FileCopy.Problem) {
      if !authorities.isEmpty {
        material.trust = try copy([Self.systemFile].compactMap(\.self) + authorities, holdCertificates: true)
      }
    } catch {
      // Only where a redirect leads would it be looked at.
      guard tls.skipVerify else { throw error }
    }
    material.certificate = try certificate.map { file throws(FileCopy.Problem) in try copy([file]) }
    material.key = try key.map { file throws(FileCopy.Problem) in try copy([file]) }
    return material
  }

  /// Reads only what has changed since the last time, whoever had it read then.
  private func copy(
    _ files: [String], holdCertificates: Bool = false
  ) throws(FileCopy.Problem) -> FileCopy {
    var stamps: [FileStamp] = []
    for file in files {
      guard let stamp = FileStamp(file) else {
        throw FileCopy.Problem(file: file, reason: String(cString: strerror(errno)))
      }
      stamps.append(stamp)
    }
    if let known = state.withLock({ $0.copy(of: files, stamps) }) { return known }
    return try FileCopy(files, stamps: stamps, holdCertificates: holdCertificates)
  }
}
