import API
import Addresses
import Control
import Endpoint
import Glibc
import Hints
import History
package import ImageModel
import Logging
import Polling
import Synchronization

/// The pages of `http.listen`.
struct ServicePages: Sendable {
  let metrics: ServiceMetrics
  let engine: PollEngine
  let writer: HistoryWriter
  let readiness: Readiness
  let versions: [MetricFamily.Label]
  /// What registries have shown of themselves.
  let reports: @Sendable () -> [RegistryReport]
  let hints: HintPage
  let gate: WebGate

  /// - Parameter listening: where the request came in, `address:port`.
  func answer(_ request: EndpointRequest, at listening: String) async -> EndpointReply {
    if let reply = await hints.answer(request) { return reply }
    switch request.path {
    case "/metrics":
      let page = metrics.page(
        await engine.figures, reports(), database: (file: writer.fileBytes, log: writer.logBytes), versions: versions,
        others: [hints.metrics, gate.metrics].compactMap(\.self))
      return EndpointReply(200, contentType: PrometheusText.contentType, body: page)
    case "/-/healthy": return .line(200, "healthy")
    case "/-/ready":
      do {
        return .line(200, "ready: \(try await readiness.look().line)")
      } catch {
        return .line(503, error.message)
      }
    case let path where path.hasPrefix(HintAddress.prefix): return .noHints
    default: return await gate.answer(request, at: listening) ?? .nothing
    }
  }
}

extension EndpointReply {
  fileprivate static let nothing = line(404, "there is /metrics, /-/healthy and /-/ready")
  fileprivate static let noHints = line(404, "no hints are taken here: http.hints has them taken")

  fileprivate static func line(_ status: Int, _ text: String) -> EndpointReply {
    EndpointReply(status, body: Array("\(text)\n".utf8))
  }
}

/// Listens where the configuration in force says, or nowhere; before there is anything to serve as well, so that a port
/// that cannot be had is known before a database is made.
actor ServiceEndpoint {
  /// Between two looks at what waits for the sinks: scrapes are answered from memory.
  private static let sampleSeconds = 15

  private let log: Logger
  private var pages: ServicePages?
  private var address: String?
  private var endpoint: HTTPEndpoint?
  private nonisolated let hints = Mutex<HintPage?>(nil)

  init(log: Logger) { self.log = log }

  /// What is answered from now on.
  func serve(_ pages: ServicePages) async {
    self.pages = pages
    hints.withLock { $0 = pages.hints }
    if endpoint != nil { await sample() }
  }

  private func answer(_ request: EndpointRequest, at listening: String) async -> EndpointReply {
    if let pages { return await pages.answer(request, at: listening) }
    return request.path == "/-/healthy" ? .line(200, "healthy") : .line(503, "the service starts")
  }

  /// Listens at another address, and still at the present one.
  ///
  /// - Parameter next: `nil` for none.
  /// - Returns: what `use` takes; `nil` where nothing new is to be listened at.
  func prepare(_ next: String?) async throws(ListenError) -> HTTPEndpoint? {
    guard let next, next != address, let (host, port) = Self.parts(next) else { return nil }
    var limits = EndpointLimits()
    limits.posts = EndpointLimits.Posts(to: HintAddress.prefix, bytes: Limits.hintBytes) {
      self.hints.withLock { $0?.secretFile() } != nil
    }
    do throws(EndpointError) {
      return try await HTTPEndpoint.listen(
        host: host, port: port, limits: limits, replacing: endpoint,
        refusal: { uri, many in .told(.unavailable, at: uri, "\(many.rawValue): ask again in a moment", after: 5) },
        answer: { await self.answer($0, at: next) })
    } catch {
      throw ListenError(next, error)
    }
  }

  /// Is found at `next` from now on, and nowhere else.
  func use(_ next: String?, _ made: HTTPEndpoint?) async {
    guard next != address else { return }
    let before = endpoint
    (address, endpoint) = (next, made)
    await before?.close()
    guard let next else { return }
    log.info("http_listening", metadata: ["address": "\(next)"])
    if HostKind(authority: next) != .loopback {
      let note = "whoever reaches it may read metrics and health, and a password can be read on the way without TLS"
      log.warning("http_open", metadata: ["address": "\(next)", "note": "\(note)"])
    }
    await sample()
  }

  func run() async {
    while (try? await Task.sleep(for: .seconds(Self.sampleSeconds))) != nil {
      if endpoint != nil { await sample() }
    }
  }

  func close() async { await use(nil, nil) }

  private func sample() async {
    guard let pages, let sinks = try? await pages.writer.transaction({ try $0.sinkStatus() }) else { return }
    pages.metrics.recordSinks(sinks)
  }

  /// `127.0.0.1:9470`, `[::1]:9470`.
  static func parts(_ address: String) -> (host: String, port: Int)? {
    guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
      return nil
    }
    let host = address[..<colon]
    return (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host), port)
  }
}

/// Why `http.listen` cannot be had.
package struct ListenError: Error, Hashable, Sendable, CustomStringConvertible {
  package let status: ExitCode
  /// Somebody else listens there.
  let isInUse: Bool
  /// One line: `<what> (<where>): <what to do>`.
  package let description: String

  init(_ address: String, _ error: EndpointError) {
    isInUse = error.errno == EADDRINUSE
    switch error.errno {
    case EACCES, EPERM: status = .permission
    case EADDRNOTAVAIL: status = .configuration
    default: status = .cannotCreate
    }
    description =
      "cannot listen (http.listen \(address): \(error.message)): "
      + (isInUse ? "name a port that is free" : "name an address of this machine")
  }
}
