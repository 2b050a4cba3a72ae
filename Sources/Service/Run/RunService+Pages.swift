import Config
import Control
import History
import Host
import ImageModel
import Polling
import Transport

/// What `http.listen` serves.
extension RunService {
  func pages(of engine: PollEngine, _ readiness: Readiness, _ desk: HintDesk) -> ServicePages {
    let problem = DaemonProblem { await Self.problem(readiness) }
    // Whole documents are parsed for a difference: one at a time.
    let differences = ReaderPool(pool.path, size: 1, seconds: Self.readSeconds)
    let api = APIRoutes(pool: pool, differences: differences, feed: feed, problem: problem)
    let pages = PageRoutes(readers: pool, differences: differences, problem: problem)
    return ServicePages(
      metrics: metrics, engine: engine, writer: store.writer, readiness: readiness, versions: Self.versions,
      reports: { [poller] in poller.value.reports(at: .now()) },
      hints: HintPage(
        secretFile: { [config] in config.value.hintSecret }, environment: environment, desk: desk, log: log),
      gate: WebGate(
        settings: { [config] in config.value.pages }, environment: environment, log: log,
        site: { request in
          if let reply = await api.answer(request) { return reply }
          return await pages.answer(request)
        }))
  }

  /// As `status` hears it over the control socket.
  private static func problem(_ readiness: Readiness) async -> String? {
    do throws(ControlError) {
      return try await readiness.look(within: Limits.statusSilenceSeconds).remark
    } catch {
      return error.message
    }
  }

  /// What registries have shown of themselves.
  var reports: [RegistryReport] { poller.value.reports(at: .now()) }

  private static var versions: [MetricFamily.Label] {
    [
      .init("version", ProductInfo.version), .init("sqlite_version", HistoryWriter.libraryVersion),
      .init("curl_version", HTTPClient.libraryVersion ?? ""),
    ]
  }
}
