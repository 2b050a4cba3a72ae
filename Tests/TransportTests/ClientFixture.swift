import TestSupport

@testable import Transport

/// Runs `body` with a server and a client of its own and stops both, also after a failure.
func withServer<Result>(
  client: HTTPClient = HTTPClient(),
  _ handler: @escaping @Sendable (ReceivedRequest) -> ScriptedResponse,
  _ body: (LoopbackServer, HTTPClient) async throws -> Result
) async throws -> Result {
  let server = try LoopbackServer(handler: handler)
  defer {
    client.shutdown()
    server.stop()
  }
  return try await body(server, client)
}

extension ClientSettings {
  /// With a look at files for every request.
  static var looking: ClientSettings {
    var settings = ClientSettings()
    settings.lookMilliseconds = 0
    return settings
  }
}

/// A client that looks at files for every request.
func lookingClient() -> HTTPClient { HTTPClient(settings: .looking) }

/// A request as the tests need it most often: small limits, plain HTTP and any address.
func request(
  _ url: String, _ method: HTTPRequest.Method = .get, headers: [(name: String, value: String)] = [],
  authorization: String? = nil, body: [UInt8]? = nil, bodyLimit: Int = 100_000, redirects: Int = 5,
  totalSeconds: Int = 10, addresses: AddressPolicy = .denyLinkLocal
) -> HTTPRequest {
  var request = HTTPRequest(
    method, url: url, headers: headers, authorization: authorization, body: body, bodyLimit: bodyLimit,
    redirects: redirects, allowPlainHTTP: true, addresses: addresses)
  request.totalSeconds = totalSeconds
  return request
}

/// The error of a request that must fail; `nil` if it does not.
func failure(of request: HTTPRequest, with client: HTTPClient) async -> TransportError? {
  do throws(TransportError) {
    _ = try await client.send(request)
    return nil
  } catch {
    return error
  }
}

/// Waits until `condition` holds, up to `seconds`. Returns whether it came to hold.
func eventually(within seconds: Double = 5, _ condition: () -> Bool) async -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while ContinuousClock.now < deadline {
    if condition() { return true }
    try? await Task.sleep(for: .milliseconds(5))
  }
  return condition()
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
