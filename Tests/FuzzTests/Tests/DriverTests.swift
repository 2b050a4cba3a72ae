import Foundation
import Testing

/// What does not hold is found, kept and told of.
@Suite(.timeLimit(.minutes(5))) struct DriverTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "watcher-fuzz-\(UUID().uuidString)").path

  private func run(_ target: FuzzTarget, seed: UInt64 = 1, corpus: [String] = ["abc"]) -> FuzzRun {
    FuzzRun(target: target, corpus: corpus.map { ($0, Array($0.utf8)) }, seed: seed, folder: folder)
  }

  private func firstFailure(_ run: FuzzRun) -> FuzzRun.Failure? {
    #expect(throws: FuzzRun.Failure.self) { try run.run(mutations: 5_000) }
  }

  @Test func whatDoesNotHoldIsReported() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let broken = FuzzTarget(name: "broken") { try hold(!$0.contains(UInt8(ascii: "{")), "no braces") }
    let failure = try #require(firstFailure(run(broken, seed: 7)))
    let kept = Array(try Data(contentsOf: URL(filePath: failure.path)))
    #expect(kept.contains(UInt8(ascii: "{")))
    for text in ["broken", "no braces", "mutation ", "WATCHER_FUZZ_SEED=7", failure.path] {
      #expect(failure.description.contains(text))
    }
    #expect(throws: Violation.self) { try broken.check(kept) }
  }

  @Test func aCorpusFileIsReportedByItsName() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let broken = FuzzTarget(name: "broken") { try hold($0 != Array("bad".utf8), "bad") }
    #expect(try #require(firstFailure(run(broken, corpus: ["good", "bad"]))).description.contains("corpus file bad"))
  }

  @Test func whatTakesTooLongIsReported() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let slow = FuzzTarget(name: "slow") { bytes in
      var generator = SeededGenerator(seed: UInt64(bytes.count))
      for _ in 0..<200_000 where generator.next() == 0 { return }
    }
    var run = run(slow)
    run.inputSeconds = 0.000_1
    #expect(try #require(firstFailure(run)).description.contains("it took"))
  }

  /// The input is still there when the process is not.
  @Test func whatTrapsLeavesItsInputBehind() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .failure) { [folder = folder as String] in
      let trap = FuzzTarget(name: "trap") { precondition(!$0.starts(with: Array("abcabc".utf8))) }
      let inputs = ["abc", "abcabc", "xyz"].map { ($0, Array($0.utf8)) }
      _ = try FuzzRun(target: trap, corpus: inputs, seed: 1, folder: folder).run(mutations: 0)
    }
    #expect(try String(contentsOfFile: folder + "/trap-running", encoding: .utf8) == "abcabc")
  }

  @Test func whatDoesNotEndIsEnded() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    await #expect(processExitsWith: .failure) { [folder = folder as String] in
      let endless = FuzzTarget(name: "endless") { _ in while true { await_() } }
      var run = FuzzRun(target: endless, corpus: [("a", [])], seed: 1, folder: folder)
      run.patienceSeconds = 1
      _ = try run.run(mutations: 0)
    }
    #expect(FileManager.default.fileExists(atPath: folder + "/endless-running"))
  }

  @Test func aSeedMakesTheSameInputsAgain() {
    func inputs(_ seed: UInt64) -> [[UInt8]] {
      var mutator = Mutator(seeds: [Array("abc".utf8), Array(#"{"a":[1]}"#.utf8)], seed: seed)
      return (0..<500).map { _ in mutator.next() }
    }
    #expect(inputs(1) == inputs(1))
    #expect(inputs(1) != inputs(2))
    #expect(Set(inputs(1)).count > 400)
    #expect(inputs(1).allSatisfy { $0.count <= 1 << 16 })
  }
}

/// Work that no optimiser takes away.
private func await_() { usleep(1_000) }
