import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Transport

/// Files for TLS, and file systems that hang.
@Suite struct TLSStoreTests {
  private let certificates: Certificates

  init() throws { certificates = try Certificates() }

  private func page(_ server: TLSServer, _ tls: TLSSettings) -> HTTPRequest {
    var page = request(server.origin + "/page")
    page.tls = tls
    return page
  }

  @Test(.timeLimit(.minutes(1))) func aDirectoryThatHangsIsNoHarmToOtherRegistries() async throws {
    let server = try TLSServer(certificates, .good)
    let hanging = HangingFolder()
    defer { hanging.isHanging = false }
    let client = HTTPClient(settings: hanging.settings)
    defer { client.shutdown() }
    let hung = page(server, TLSSettings(folders: ["/hung/certs.d/a", "/hung/certs.d/b"]))
    async let stuck = failure(of: hung, with: client)
    #expect(await eventually { hanging.looks == 1 })
    #expect(try await client.send(page(server, TLSSettings(caFile: certificates.caFile))).status == 200)
    let error = await stuck
    #expect(error?.code == .tls && error?.advice == "see to the file system that it is on")
    #expect(error?.what == "/hung/certs.d/a, /hung/certs.d/b: no answer within 1 s")
    // Nobody waits for it again, and it keeps one thread.
    let took = await ContinuousClock().measure { #expect(await failure(of: hung, with: client) == error) }
    #expect(took < .milliseconds(900))
    #expect(hanging.looks == 1 && hanging.told == [error?.what])
    hanging.isHanging = false
    for _ in 0..<500 where await failure(of: hung, with: client) == error {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(await failure(of: hung, with: client)?.tlsProblem == .unknownAuthority)
  }

  @Test(.timeLimit(.minutes(1))) func whatIsKnownCountsOnWhileItHangs() async throws {
    let server = try TLSServer(certificates, .good)
    let folder = certificates.path("certs.d")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    try FileManager.default.copyItem(atPath: certificates.caFile, toPath: folder + "/ca.crt")
    let hanging = HangingFolder()
    hanging.isHanging = false
    let client = HTTPClient(settings: hanging.settings)
    defer { client.shutdown() }
    let page = page(server, TLSSettings(folders: [folder]))
    _ = try await client.send(page)
    hanging.isHanging = true
    defer { hanging.isHanging = false }
    for _ in 0..<3 { #expect(try await client.send(page).status == 200) }
    #expect(hanging.told == ["\(folder): no answer within 1 s; what was read before counts on"])
  }

  /// libcurl itself would wait for whoever writes to it.
  @Test(.timeLimit(.minutes(1)), arguments: ["client.cert", "client.key", "ca.crt"])
  func aPipeInTheirPlaceHoldsNobodyUp(name: String) async throws {
    let server = try TLSServer(certificates, .good)
    let folder = certificates.path("certs.d")
    let pair = try certificates.make(.client)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for (file, place) in [
      (pair.certificate, "client.cert"), (pair.key, "client.key"), (certificates.caFile, "ca.crt"),
    ] where place != name { try FileManager.default.copyItem(atPath: file, toPath: "\(folder)/\(place)") }
    #expect(mkfifo("\(folder)/\(name)", 0o600) == 0)
    let client = HTTPClient()
    defer { client.shutdown() }
    let error = await failure(of: page(server, TLSSettings(folders: [folder])), with: client)
    #expect(error?.code == .tls && error?.message.contains("\(folder)/\(name)") == true, "\(error as Any)")
    #expect(try await client.send(page(server, TLSSettings(caFile: certificates.caFile))).status == 200)
  }

  @Test func onlyAFewLooksHangAtATime() async throws {
    let hanging = HangingFolder()
    defer { hanging.isHanging = false }
    let store = TLSStore(hanging.settings)
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<16 {
        group.addTask { _ = await store.material(for: TLSSettings(folders: ["/hung/\(number)"])) }
      }
    }
    for number in 16..<40 { _ = await store.material(for: TLSSettings(folders: ["/hung/\(number)"])) }
    #expect(hanging.looks == 16)
  }

  @Test func aMomentPassesBetweenLooks() async throws {
    let hanging = HangingFolder()
    hanging.isHanging = false
    var settings = hanging.settings
    settings.lookMilliseconds = 3_600_000
    let store = TLSStore(settings)
    for _ in 0..<100 { _ = await store.material(for: TLSSettings(folders: ["/absent"])) }
    #expect(hanging.looks == 1)
  }

  @Test func whatNobodyAsksForIsForgotten() async throws {
    var settings = ClientSettings()
    settings.keptMilliseconds = 0
    let store = TLSStore(settings)
    for number in 0..<1_000 { _ = await store.material(for: TLSSettings(folders: ["/absent/\(number)"])) }
    #expect(store.count <= 128)
  }
}

/// A directory on a file system that hangs as long as it is said to.
private final class HangingFolder: Sendable {
  private struct State {
    var isHanging = true
    var looks = 0
    var told: [String] = []
  }

  private let state = Mutex(State())

  var isHanging: Bool {
    get { state.withLock(\.isHanging) }
    set { state.withLock { $0.isHanging = newValue } }
  }
  var looks: Int { state.withLock(\.looks) }
  var told: [String] { state.withLock(\.told) }

  /// A client's, with a look for every request that is waited for a second.
  var settings: ClientSettings {
    var settings = ClientSettings.looking
    settings.lookSeconds = 1
    settings.tell = { note in self.state.withLock { $0.told.append(note) } }
    settings.readFolder = { paths throws(TLSFilesFailure) in
      guard !paths.isEmpty else { return nil }
      self.state.withLock { $0.looks += 1 }
      while self.isHanging { usleep(1_000) }
      return try CertificateFolder.first(of: paths)
    }
    return settings
  }
}
