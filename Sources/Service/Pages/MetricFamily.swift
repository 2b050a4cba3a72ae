import ImageModel
import Polling

/// Figures of one name, as Prometheus takes them.
struct MetricFamily: Hashable, Sendable {
  enum Kind: String, Sendable {
    case counter, gauge, histogram
  }

  struct Sample: Hashable, Sendable {
    /// `_bucket`, `_sum` and `_count` of a histogram.
    var suffix = ""
    /// Name and value, in this order.
    var labels: [Label] = []
    let value: Double
  }

  struct Label: Hashable, Sendable {
    let name: String
    let value: String

    init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  let name: String
  let kind: Kind
  let help: String
  var samples: [Sample]

  init(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.help = help
    self.samples = samples
  }

  /// One without labels.
  init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
    self.init(name, kind, help, [Sample(value: value)])
  }

  /// One sample for each of `rows`, with one label.
  init<Row>(
    _ name: String, _ kind: Kind, _ help: String, by label: String, _ rows: [(String, Row)], _ value: (Row) -> Double
  ) {
    self.init(
      name, kind, help, rows.map { Sample(labels: [Label(label, $0.0)], value: value($0.1)) })
  }
}

/// The text format of Prometheus, version 0.0.4. Source: prometheus.io/docs/instrumenting/exposition_formats.
enum PrometheusText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// Families without samples are left out.
  static func render(_ families: [MetricFamily]) -> [UInt8] {
    var text = ""
    for family in families where !family.samples.isEmpty {
      text += "# HELP \(family.name) \(escaped(family.help, quotes: false))\n"
      text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
      for sample in family.samples {
        text += family.name + sample.suffix
        if !sample.labels.isEmpty {
          text +=
            "{" + sample.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
            + "}"
        }
        text += " \(number(sample.value))\n"
      }
    }
    return Array(text.utf8)
  }

  /// Whole numbers without a point.
  static func number(_ value: Double) -> String {
    if value == .infinity { return "+Inf" }
    return Int64(exactly: value).map(String.init) ?? "\(value)"
  }

  private static func escaped(_ text: String, quotes: Bool) -> String {
    var out = ""
    for character in text.unicodeScalars {
      switch character {
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\"" where quotes: out += "\\\""
      default: out.unicodeScalars.append(character)
      }
    }
    return out
  }
}

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
