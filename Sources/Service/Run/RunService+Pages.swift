import Config
import History
import Host
import ImageModel
import Polling
import Transport

/// What `http.listen` serves.
extension RunService {
  func pages(of engine: PollEngine, _ readiness: Readiness, _ desk: HintDesk) -> ServicePages {
    ServicePages(
      metrics: metrics, engine: engine, writer: store.writer, readiness: readiness, versions: Self.versions,
      reports: { [poller] in poller.value.reports(at: .now()) },
      hints: HintPage(
        secretFile: { [config] in config.value.hintSecret }, environment: environment, desk: desk, log: log),
      gate: WebGate(
        settings: { [config] in config.value.pages }, environment: environment, log: log, site: { _ in nil }))
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
