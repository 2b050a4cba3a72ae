import Foundation
import Testing

/// Every reader of bytes from outside, with bytes that nobody would send in good faith. `scripts/fuzz` goes on from
/// here, for as long as one likes.
@Suite(.timeLimit(.minutes(10))) struct FuzzTests {
  private static let mutations = 300
  private static let seed =
    ProcessInfo.processInfo.environment["WATCHER_FUZZ_SEED"].flatMap { UInt64($0) } ?? 20_260_917

  @Test(arguments: FuzzTarget.all.map(\.name))
  func holds(_ name: String) throws {
    let target = try #require(FuzzTarget[name])
    let run = FuzzRun(
      target: target, corpus: try Corpus.inputs(of: name), seed: Self.seed, folder: Corpus.failures)
    do {
      #expect(try run.run(mutations: Self.mutations) > Self.mutations)
    } catch let failure as FuzzRun.Failure {
      Issue.record("\(failure); WATCHER_FUZZ_SEED=\(Self.seed) draws the same again")
    }
  }

  @Test func everyTargetHasACorpusAndNothingElseHas() throws {
    #expect(try Corpus.names() == FuzzTarget.all.map(\.name).sorted())
  }
}
