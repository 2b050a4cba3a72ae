package import Config
import Delivery
import Endpoint
import Transport

/// Everything that a configuration asks for, made before any of it is in force: its sinks, where it listens, and a look
/// at what it names outside of itself. `run`, a reload, `check` and `config check` do this alike.
struct Preflight: Sendable {
  let sinks: ConfiguredSinks
  /// `nil` where nothing new is to be listened at.
  let listening: HTTPEndpoint?
  let findings: [PreflightFinding]

  /// - Parameters:
  ///   - database: whose files no sink may write to.
  ///   - http: for the webhooks; `nil` makes one.
  ///   - output: where sinks of type `stdout` write.
  ///   - endpoint: listens from now on, and nothing is found there yet; `nil` where nobody is to listen.
  init(
    _ config: WatchConfig, database: String, environment: [String: String], http: HTTPClient?,
    output: LineOutput = .standardOutput, endpoint: ServiceEndpoint?
  ) async {
    async let registries = config.registryFindings(environment)
    async let ways = config.wayFindings(environment)
    async let files = config.fileFindings(database: database)
    sinks = await ConfiguredSinks(
      config.sinks, environment: environment, http: http, proxy: config.proxySettings(environment), output: output)
    var findings = sinks.refused.map { PreflightFinding(config.problem($0), refusal: $0, isUnseen: $0.isUnseen) }
    findings += sinks.faults.map { PreflightFinding(config.problem($0)) }
    findings += config.faults.map { PreflightFinding($0) }
    findings += await registries + files + ways
    do throws(ListenError) {
      listening = try await endpoint?.prepare(config.httpListen)
    } catch {
      listening = nil
      findings.append(PreflightFinding(config.problem(.listen, .error, error.description), refusal: error))
    }
    self.findings = findings.sorted { ($0.problem.line, $0.problem.column) < ($1.problem.line, $1.problem.column) }
  }

  /// - Throws: `ConfigRefusal` where the whole would be untrue; what was made is closed then.
  func accepted() async throws -> Preflight {
    guard let cause = findings.lazy.compactMap(\.refusal).first else { return self }
    await close()
    throw ConfigRefusal(problems: findings.filter { $0.refusal != nil }.map(\.problem), cause: cause)
  }

  /// Gives back what was made, unused.
  func close() async {
    await listening?.close()
    sinks.close()
  }

  /// What will not work though the rest does, or is likely a mistake.
  var faults: [ConfigProblem] { findings.filter { $0.refusal == nil }.map(\.problem) }
}

/// Something that a configuration asks for and that is not to be had.
package struct PreflightFinding: Sendable {
  package let problem: ConfigProblem
  /// What `run` ends with because of it, and a reload; `nil` where they go on, loudly.
  package let refusal: (any Error)?
  /// Whether it only cannot be looked at from here: the service manager shows the service alone its credentials, and
  /// keeps other things from it.
  package let isUnseen: Bool

  init(_ problem: ConfigProblem, refusal: (any Error)? = nil, isUnseen: Bool = false) {
    self.problem = problem
    self.refusal = refusal
    self.isUnseen = isUnseen
  }

  /// As `config check` tells of it: what cannot be seen from here may be all right.
  package var shown: ConfigProblem { isUnseen ? problem.asWarning : problem }
}

/// Why a configuration is not taken, although it is valid.
package struct ConfigRefusal: Error, CustomStringConvertible {
  /// What has to be put right, each at its place.
  package let problems: [ConfigProblem]
  /// The first, for those who are told of nothing else: `SinkError` or `ListenError`.
  package let cause: any Error

  package var description: String { "\(cause)" }
}

extension WatchConfig {
  func problem(_ error: SinkError) -> ConfigProblem {
    problem(.sink(error.sink, key: error.setting), .error, error.reason, hint: error.hint)
  }
}
