import Endpoint
import Glibc
import History
import ImageModel
import Logging

/// The pages of `http.listen`.
struct ServicePages: Sendable {
  let metrics: ServiceMetrics
  let engine: PollEngine
  let writer: HistoryWriter
  let readiness: Readiness
  let versions: [MetricFamily.Label]

  func answer(_ path: String) async -> EndpointReply {
    switch path {
    case "/metrics":
      let page = metrics.page(
        await engine.figures, database: (file: writer.fileBytes, log: writer.logBytes), versions: versions)
      return EndpointReply(200, contentType: PrometheusText.contentType, body: page)
    case "/-/healthy": return Self.line(200, "healthy")
    case "/-/ready":
      do {
        return Self.line(200, "ready: \(try await readiness.status())")
      } catch {
        return Self.line(503, error.message)
      }
    default: return Self.line(404, "there is /metrics, /-/healthy and /-/ready")
    }
  }

  private static func line(_ status: Int, _ text: String) -> EndpointReply {
    EndpointReply(status, body: Array("\(text)\n".utf8))
  }
}

/// Listens where the configuration in force says, or nowhere.
actor ServiceEndpoint {
  /// Between two looks at what waits for the sinks: scrapes are answered from memory.
  private static let sampleSeconds = 15

  private let pages: ServicePages
  private let log: Logger
  private var address: String?
  private var endpoint: HTTPEndpoint?

  init(pages: ServicePages, log: Logger) {
    self.pages = pages
    self.log = log
  }

  /// Listens at another address besides the present one.
  ///
  /// - Parameter next: `nil` for none.
  /// - Returns: what `use` takes; `nil` where nothing new is to be listened at.
  func prepare(_ next: String?) async throws(ListenError) -> HTTPEndpoint? {
    guard let next, next != address, let (host, port) = Self.parts(next) else { return nil }
    do throws(EndpointError) {
      return try await HTTPEndpoint.listen(host: host, port: port, besides: endpoint, answer: pages.answer)
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
    if !LoopbackHost.isLoopback(next) {
      log.warning("http_open", metadata: ["address": "\(next)", "note": "whoever reaches it may read it"])
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
    guard let sinks = try? await pages.writer.transaction({ try $0.sinkStatus() }) else { return }
    pages.metrics.noteSinks(sinks)
  }

  /// `127.0.0.1:9470`, `[::1]:9470`.
  private static func parts(_ address: String) -> (host: String, port: Int)? {
    guard let colon = address.lastIndex(of: ":"), let port = Int(address[address.index(after: colon)...]) else {
      return nil
    }
    let host = address[..<colon]
    return (host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : String(host), port)
  }
}

/// Why `http.listen` cannot be had.
public struct ListenError: Error, Hashable, Sendable, CustomStringConvertible {
  public let status: ExitCode
  /// One line: `<what> (<where>): <what to do>`.
  public let description: String

  init(_ address: String, _ error: EndpointError) {
    switch error.errno {
    case EACCES, EPERM: status = .permission
    case EADDRNOTAVAIL: status = .configuration
    default: status = .cannotCreate
    }
    description =
      "cannot listen (http.listen \(address): \(error.message)): "
      + (error.errno == EADDRINUSE ? "name a port that is free" : "name an address of this machine")
  }
}
