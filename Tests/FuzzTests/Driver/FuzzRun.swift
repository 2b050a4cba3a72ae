import Dispatch
import FoundationEssentials
import Glibc
import Synchronization

/// Gives a target what is in its corpus, and then a fixed number of inputs made of that.
struct FuzzRun {
  struct Failure: Error, CustomStringConvertible {
    /// Where the input is.
    let path: String
    let description: String
  }

  /// Processor time for one input, in seconds: a limit that a busy machine does not reach, and an endless loop does.
  var inputSeconds = 2.0
  /// After this long an input has the process ended.
  var patienceSeconds = 120
  let target: FuzzTarget
  let corpus: [(name: String, bytes: [UInt8])]
  let seed: UInt64
  /// Where failing inputs are put.
  let folder: String

  /// - Returns: how many inputs there were.
  /// - Throws: the first that fails.
  func run(mutations: Int) throws -> Int {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let current = try CurrentInput("\(folder)/\(target.name)-running", patienceSeconds: patienceSeconds)
    defer { current.close() }
    for (name, bytes) in corpus { try check(bytes, current, "corpus file \(name)") }
    var mutator = Mutator(seeds: corpus.map(\.bytes), seed: seed)
    for round in 0..<mutations { try check(mutator.next(), current, "mutation \(round)") }
    return corpus.count + mutations
  }

  private func check(_ bytes: [UInt8], _ current: CurrentInput, _ name: String) throws {
    current.begin(bytes)
    let began = Self.processorSeconds
    do {
      try target.check(bytes)
      let took = Self.processorSeconds - began
      if took > inputSeconds { throw Violation(description: "it took \(took) s") }
    } catch {
      throw try failure(bytes, "\(name): \(error)")
    }
  }

  private func failure(_ bytes: [UInt8], _ what: String) throws -> Failure {
    let path = "\(folder)/\(target.name)-failed"
    try Data(bytes).write(to: URL(filePath: path))
    return Failure(
      path: path,
      description: "\(target.name), \(what). WATCHER_FUZZ_SEED=\(seed) does it again; the input is kept as \(path)")
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

/// Holds what is being read in a file, which stays behind when the process does not survive it.
private final class CurrentInput: Sendable {
  let path: String
  private let descriptor: Int32
  private let began = Mutex(DispatchTime.now())
  // Dispatch sources may be used from any thread; the overlay on Linux does not say so.
  nonisolated(unsafe) private let timer: any DispatchSourceTimer

  init(_ path: String, patienceSeconds: Int) throws {
    self.path = path
    descriptor = open(path, O_CREAT | O_RDWR | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw Violation(description: "\(path) cannot be written") }
    timer = DispatchSource.makeTimerSource(queue: .global())
    timer.setEventHandler { [weak self] in
      guard let self, began.withLock({ $0 }) + .seconds(patienceSeconds) < .now() else { return }
      let text = "it does not come to an end: \(path)\n"
      _ = text.withCString { write(2, $0, strlen($0)) }
      abort()
    }
    timer.schedule(deadline: .now(), repeating: .milliseconds(500))
    timer.activate()
  }

  func begin(_ bytes: [UInt8]) {
    began.withLock { $0 = .now() }
    _ = pwrite(descriptor, bytes, bytes.count, 0)
    ftruncate(descriptor, bytes.count)
  }

  func close() {
    timer.cancel()
    Glibc.close(descriptor)
    unlink(path)
  }
}
