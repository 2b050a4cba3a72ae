import Host
import ImageModel
import TestSupport
import Testing
import Transport

@testable import Registry

/// What is made of a registry's `Date`.
@Suite struct AgreedTimeTests {
  @Test(
    arguments: [
      (1_000_000, 1_000_000, 1_000_000), (1_000_000, 1_003_600, 1_000_000), (1_003_600, 1_000_000, 1_000_000),
      (1_086_400, 1_000_000, 1_000_000), (1_086_401, 1_000_000, nil), (1_000_000, 1_086_401, nil),
      (0, 1_800_000_000, nil), (253_402_300_799, 1_800_000_000, nil),
    ] as [(Int64, Int64, Int64?)]) func theEarlierOfTheTwoUnlessTheyContradict(date: Int64, wall: Int64, agreed: Int64?)
  {
    func time(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }
    #expect(AgreedTime.agreed(date: time(date), wall: time(wall)) == agreed.map(time))
  }

  private func harness(_ time: AgreedTime) throws -> Harness {
    let harness = try Harness(access: { _ in RegistryAccess(usesPlainHTTP: true, agreedTime: time) })
    harness.registry.put(FakeRegistryImage("first"), in: "app", tag: "latest")
    return harness
  }

  @Test func aRegistryOfThisMachineCountsWhereThereIsNoOther() async throws {
    let time = AgreedTime()
    let harness = try harness(time)
    let offset = Int((harness.clock.clock.wall().milliseconds - Timestamp.now().milliseconds) / 1000)
    harness.registry.setClock(aheadBySeconds: offset)
    _ = try await harness.snapshot()
    #expect(time.newest == nil)
    time.countLoopback(true)
    _ = try await harness.snapshot()
    let seen = try #require(time.newest)
    #expect(abs(seen.milliseconds - harness.clock.clock.wall().milliseconds) < 60_000)
  }

  @Test func oneThatAgreesIsEnoughUntilAnotherIsWanted() async throws {
    let time = AgreedTime()
    time.countLoopback(true)
    let harness = try harness(time)
    let offset = Int((harness.clock.clock.wall().milliseconds - Timestamp.now().milliseconds) / 1000)
    for other in [nil, offset + 90_000, offset - 90_000] as [Int?] {
      harness.registry.setClock(aheadBySeconds: other)
      _ = try await harness.snapshot()
      #expect(time.newest == nil)
    }
    harness.registry.setClock(aheadBySeconds: offset - 3_600)
    _ = try await harness.snapshot()
    let first = try #require(time.newest)
    harness.registry.setClock(aheadBySeconds: offset)
    _ = try await harness.snapshot()
    #expect(time.newest == first, "nobody looks")
    time.want()
    _ = try await harness.snapshot()
    #expect(try #require(time.newest) > first)
  }
}
