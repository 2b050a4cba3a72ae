import Config
import Endpoint
import Hints
import Host
import ImageModel
import Logging
import Synchronization

/// What `POST /hints/<source>` is answered with; see docs/decisions/0042.
struct HintPage: Sendable {
  /// `http.hints.secret_file` of the configuration in force; `nil` where no hints are taken.
  let secretFile: @Sendable () -> SecretFile?
  let environment: [String: String]
  let desk: HintDesk
  let log: Logger
  let counts = HintCounts()
  private let read = SecretReader(fault: HintSecret.fault)

  init(secretFile: @escaping @Sendable () -> SecretFile?, environment: [String: String], desk: HintDesk, log: Logger) {
    (self.secretFile, self.environment, self.desk, self.log) = (secretFile, environment, desk, log)
  }

  /// `nil` where no hints are taken.
  var metrics: MetricFamily? { secretFile() == nil ? nil : counts.family }

  /// - Returns: `nil` for what is no place for hints.
  func answer(_ request: EndpointRequest) async -> EndpointReply? {
    guard request.path.hasPrefix(HintAddress.prefix), let file = secretFile() else { return nil }
    guard let address = HintAddress(path: request.path, query: request.query) else {
      let sources = HintSource.allCases.map(\.rawValue).joined(separator: ", ")
      return EndpointReply(404, body: Array("no such source of hints: there is \(sources)\n".utf8))
    }
    guard request.method == .post else { return .notAllowed("POST") }
    let source = address.source
    let peer = request.peer
    guard let body = request.body else {
      return refuse(source, peer, .tooLarge, 413, "it is longer than \(Limits.hintBytes) bytes")
    }
    let secret: String
    do throws(SecretText.Failure) {
      secret = try read(file.resolve(environment: environment))
    } catch {
      return refuse(
        source, peer, .unavailable, 503, "http.hints.secret_file cannot be used: \(error.reason); correct it",
        answered: "no hints can be taken now")
    }
    let credentials = HintCredentials(inPath: address.secret) { request.header($0) }
    guard source.admits(credentials, body: body, secret: secret) else {
      var reply = refuse(source, peer, .unauthorized, 401, "it does not show that it knows the secret")
      reply.headers = [("WWW-Authenticate", "Bearer")]
      return reply
    }
    do throws(HintRefusal) {
      let document = try HintSource.document(body)
      if let handshake = try source.handshake(in: document) { return shake(handshake, source) }
      let watched = await desk.take([try source.images(in: document, registry: address.registry)])[0]
      _ = counts.count(source, watched > 0 ? .watched : .unwatched)
      return .json(202, ["watched": .number(watched)])
    } catch {
      return refuse(source, peer, .invalid, 400, error.reason)
    }
  }

  private func shake(_ handshake: HintHandshake, _ source: HintSource) -> EndpointReply {
    _ = counts.count(source, .unwatched)
    switch handshake {
    case .code(let code): return .json(200, ["validationResponse": .string(code)])
    case .visit(let url):
      let note = "hints come once somebody has opened the url: do so if the subscription is yours"
      log.warning(
        "hint_unconfirmed",
        metadata: ["source": "\(source.rawValue)", "url": "\(url)", "note": "\(note)"])
      return .json(202, ["watched": 0])
    }
  }

  /// Whoever floods it has each kind told at the 1st, 10th, 100th … time.
  private func refuse(
    _ source: HintSource, _ peer: String?, _ result: HintCounts.Result, _ status: Int, _ reason: String,
    answered: String? = nil
  ) -> EndpointReply {
    let count = counts.count(source, result)
    if PollReport.isPowerOfTen(count) {
      log.warning(
        "hint_refused",
        metadata: [
          "source": "\(source.rawValue)", "result": "\(result.rawValue)", "from": "\(peer ?? "?")",
          "err": "\(reason)", "hints": "\(count)",
        ])
    }
    return EndpointReply(status, body: Array("the hint is refused: \(answered ?? reason)\n".utf8))
  }
}

extension EndpointReply {
  fileprivate static func json(
    _ status: Int, _ members: KeyValuePairs<String, JSONOutput>
  ) -> EndpointReply {
    EndpointReply(status, contentType: "application/json", body: JSONOutput.members(members).bytes)
  }
}

/// How many hints there were, by what became of them.
final class HintCounts: Sendable {
  enum Result: String, CaseIterable {
    case watched, unwatched, unauthorized, invalid
    case tooLarge = "too_large"
    case unavailable
  }

  private struct Kind: Hashable {
    let source: HintSource
    let result: Result
  }

  private let counts = Mutex<[Kind: Int]>([:])

  /// - Returns: how many of this kind there are by now.
  func count(_ source: HintSource, _ result: Result) -> Int {
    counts.withLock { counts in
      counts[Kind(source: source, result: result), default: 0] += 1
      return counts[Kind(source: source, result: result)] ?? 0
    }
  }

  /// All there are, from the start: an increase from nothing is none.
  var family: MetricFamily {
    let counts = counts.withLock { $0 }
    return MetricFamily(
      "watcher_hints_total", .counter, "Hints by what became of them.",
      HintSource.allCases.flatMap { source in
        Result.allCases.map { result in
          .init(
            labels: [.init("source", source.rawValue), .init("result", result.rawValue)],
            value: Double(counts[Kind(source: source, result: result)] ?? 0))
        }
      })
  }
}
