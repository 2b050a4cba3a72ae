import Endpoint

/// One look for all who ask for the same: whoever comes while one is under way waits, with all others who do, for one
/// that has not begun, and so sees what there is when he asks. The same page never takes more than one reader.
actor SharedLooks {
  private final class Look {
    let reply: Task<EndpointReply, Never>
    var hasBegun = false

    init(_ reply: Task<EndpointReply, Never>) { self.reply = reply }
  }

  /// Of each address the latest.
  private var looks: [String: Look] = [:]

  func answer(_ address: String, _ make: @escaping @Sendable () async -> EndpointReply) async -> EndpointReply {
    let latest = looks[address]
    if let latest, !latest.hasBegun { return await latest.reply.value }
    let before = latest?.reply
    let look = Look(
      Task {
        _ = await before?.value
        begin(address)
        return await make()
      })
    looks[address] = look
    let reply = await look.reply.value
    if looks[address] === look { looks[address] = nil }
    return reply
  }

  /// The latest of an address is the only one that has not begun.
  private func begin(_ address: String) { looks[address]?.hasBegun = true }
}
