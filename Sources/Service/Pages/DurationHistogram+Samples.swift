import ImageModel
import Polling

extension DurationHistogram {
  /// As Prometheus wants it: each bucket holds those below it.
  func samples(_ label: MetricFamily.Label) -> [MetricFamily.Sample] {
    var total = 0
    let buckets = zip(counts, Self.bounds.map { Double($0.milliseconds) / 1000 } + [.infinity]).map { count, bound in
      total += count
      return MetricFamily.Sample(
        suffix: "_bucket", labels: [label, .init("le", PrometheusText.number(bound))], value: Double(total))
    }
    return buckets + [
      .init(suffix: "_sum", labels: [label], value: Double(sum.milliseconds) / 1000),
      .init(suffix: "_count", labels: [label], value: Double(total)),
    ]
  }
}
