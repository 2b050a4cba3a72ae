import Endpoint
import Synchronization
import Testing

@testable import Service

/// Many who ask for the same share what is found, and nobody is shown what was found before he asked.
@Suite(.timeLimit(.minutes(1))) struct SharedLooksTests {
  /// Looks that end when the test says so.
  private final class Site: Sendable {
    private let begun = Mutex<[(address: String, end: CheckedContinuation<Void, Never>)]>([])

    var addresses: [String] { begun.withLock { $0.map(\.address) } }

    func look(_ address: String) async -> EndpointReply {
      let number = begun.withLock { $0.count + 1 }
      await withCheckedContinuation { end in begun.withLock { $0.append((address, end)) } }
      return EndpointReply(200, body: Array("\(number)".utf8))
    }

    func end(_ index: Int) { begun.withLock { $0[index].end }.resume() }
  }

  private let site = Site()
  private let looks = SharedLooks()

  private func ask(_ address: String) -> Task<String, Never> {
    Task { [looks, site] in
      let reply = await looks.answer(address) { await site.look(address) }
      return String(decoding: reply.body, as: UTF8.self)
    }
  }

  @Test func whoComesDuringALookWaitsForTheNextWithAllOthers() async {
    let first = ask("/")
    #expect(await eventually { site.addresses == ["/"] })
    let others = (0..<50).map { _ in ask("/") }
    let elsewhere = ask("/events")
    #expect(await eventually { site.addresses == ["/", "/events"] }, "another page waits for nothing")
    site.end(1)
    #expect(await elsewhere.value == "2")
    site.end(0)
    #expect(await first.value == "1")
    #expect(await eventually { site.addresses.count == 3 })
    site.end(2)
    for other in others { #expect(await other.value == "3") }
    let last = ask("/")
    #expect(await eventually { site.addresses.count == 4 }, "nothing is kept")
    site.end(3)
    #expect(await last.value == "4")
  }
}
