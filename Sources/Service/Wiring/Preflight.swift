package import Config
import Delivery
import Endpoint
import Host
import Transport

/// Everything that a configuration asks for, made before any of it is in force: its sinks, where it listens, and a look
/// at what it names outside of itself. `run`, a reload, `check` and `config check` do this alike.
struct Preflight: Sendable {
  let sinks: ConfiguredSinks
  /// `nil` where nothing new is to be listened at.
  let listening: HTTPEndpoint?
  let findings: [PreflightFinding]

  /// - Parameters:
  ///   - http: for the webhooks; `nil` makes one.
  ///   - output: where sinks of type `stdout` write.
  ///   - endpoint: listens from now on, and nothing is found there yet; `nil` where nobody is to listen.
  init(
    _ config: WatchConfig, environment: [String: String], http: HTTPClient?, output: LineOutput = .standardOutput,
    endpoint: ServiceEndpoint?
  ) async throws {
    let (sinks, outside) = try await blocking {
      let sinks = ConfiguredSinks(config.sinks, environment: environment, http: http, output: output)
      return (sinks, config.findings(sinks, environment))
    }
    self.sinks = sinks
    do throws(ListenError) {
      listening = try await endpoint?.prepare(config.httpListen)
      findings = outside
    } catch {
      listening = nil
      findings = outside + [PreflightFinding(config.problem(.listen, .error, error.description), refusal: error)]
    }
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

  /// What will not work though the rest does.
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
  /// What is wrong with the files and directories that sinks and registries name, by place.
  fileprivate func findings(_ sinks: ConfiguredSinks, _ environment: [String: String]) -> [PreflightFinding] {
    var findings = sinks.refused.map { PreflightFinding(problem($0), refusal: $0, isUnseen: $0.isUnseen) }
    findings += sinks.faults.map { PreflightFinding(problem($0)) }
    findings += faults.map { PreflightFinding($0) }
    findings += registryFindings(environment)
    return findings.sorted { ($0.problem.line, $0.problem.column) < ($1.problem.line, $1.problem.column) }
  }

  private func problem(_ error: SinkError) -> ConfigProblem {
    problem(.sink(error.sink, key: error.setting), .error, error.reason, hint: error.hint)
  }
}
