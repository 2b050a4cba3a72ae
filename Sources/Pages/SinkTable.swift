import History
import ImageModel

/// How sinks are doing; those that need somebody first.
struct SinkTable {
  let sinks: [SinkStatus]
  let times: PageTimes

  var html: HTML {
    guard !sinks.isEmpty else { return "" }
    return """
      <section aria-labelledby="sinks">
      <h2 id="sinks">Sinks</h2>
      <table class="sinks">
      <thead><tr><th scope="col">State</th><th scope="col">Sink</th><th scope="col">Type</th>\
      <th scope="col" class="number">Waiting</th><th scope="col" class="number">Failed</th>\
      <th scope="col">Oldest waiting</th></tr></thead>
      <tbody>
      \((sinks.filter(\.isUnwell) + sinks.filter { !$0.isUnwell }).map(row))</tbody>
      </table>
      </section>

      """
  }

  private func row(_ sink: SinkStatus) -> HTML {
    let kind = sink.isUnwell ? "bad" : sink.state == .ok && !sink.isResting && sink.failed == 0 ? "good" : "idle"
    let trouble: HTML = self.trouble(sink).map { "<p class=\"\(sink.isUnwell ? "bad" : "odd")\">\($0)</p>" } ?? ""
    return """
      <tr><td><span class="state \(kind)">\(sink.isResting ? "resting" : sink.state.rawValue)</span></td>\
      <th scope="row">\(sink.name)\(trouble)</th><td>\(sink.type)</td>\
      <td class="number">\(sink.waiting)</td><td class="number">\(sink.failed)</td>\
      <td class="when">\(times.second(sink.oldestWaiting))</td></tr>

      """
  }

  private func trouble(_ sink: SinkStatus) -> HTML? {
    let error = sink.failure?.message ?? ""
    let since: HTML = sink.failingSince.map { "Since \(times.second($0)): " } ?? ""
    let next: HTML = sink.nextAttempt.flatMap { $0 > times.now ? ". Next attempt \(times.away($0))" : nil } ?? ""
    switch sink.state {
    case .ok: return sink.isResting ? "It rests until \(times.second(sink.nextAttempt)), as its receiver asked" : nil
    case .failing: return "\(since)\(error)\(next)"
    case .disabled: return "\(since)It is disabled, as its receiver asked\(error.isEmpty ? "" : ": \(error)")"
    case .removed: return sink.isOwed ? "It is not configured any more, and deliveries wait for it" : nil
    }
  }
}
