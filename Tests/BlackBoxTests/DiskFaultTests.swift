import Glibc
import TestSupport
import Testing

/// A disk that fails while the binary records and tells: nothing told is missing from the database, nothing
/// recorded is left untold, and the database stays sound.
@Suite struct DiskFaultTests {
  /// The call that fails rises until a run goes through without reaching it. Each run but the first finds every
  /// tag moved on.
  @Test(arguments: [false, true], Fault.Call.failing)
  func anIOErrorOfTheDatabaseEndsTheDaemonAndLosesNothing(isSticky: Bool, call: Fault.Call) throws {
    let faulty = try FaultScene(tags: 5)
    try faulty.finishSoundly()
    let ended = try forRisingFaults(Fault(path: "watcher.db", call: call, code: EIO, isSticky: isSticky)) {
      faulty.moveTags()
      try faulty.makeTagsDue()
      return faulty
    }
    #expect(ended >= 3)
  }

  @Test(arguments: [false, true], Fault.Call.failing)
  func anIOErrorWhileTheDatabaseIsMadeLosesNothing(isSticky: Bool, call: Fault.Call) throws {
    let ended = try forRisingFaults(Fault(path: "watcher.db", call: call, code: EIO, isSticky: isSticky)) {
      try FaultScene(tags: 5)
    }
    #expect(ended >= 3)
  }

  /// Nothing is told that could not be recorded, queries go on, and space is all that is needed to go on.
  @Test func aFullDiskOfTheDatabaseIsWaitedFor() throws {
    let faulty = try FaultScene(tags: 5)
    let fault = Fault(path: "watcher.db", call: .torn, code: ENOSPC, isSticky: true)
    let daemon = try faulty.start(fault)
    #expect(try eventually { try faulty.isDelivered })
    let before = faulty.scene.eventLines()
    faulty.moveTags()
    faulty.turnFaultOn()
    #expect(eventually { faulty.log.contains("msg=database_write_failed") }, "\(faulty.log)")
    #expect(daemon.isRunning)
    #expect(try faulty.scene.run(["status"]).status == 0)
    let status = try faulty.scene.run(["status", "--exit-code", "--color", "always"])
    #expect(status.status == 1, "\(status.stdout)")
    #expect(status.stdout.hasPrefix("\u{1b}[31mthe daemon lives, but cannot record anything (the disk is full"))
    let daemonAnswer = try #require(try faulty.scene.json(["status", "--json"])["daemon"] as? [String: Any])
    #expect((daemonAnswer["problem"] as? String)?.contains("cannot record anything (the disk is full") == true)
    #expect(faulty.scene.eventLines() == before)
    #expect(eventually { (try? faulty.scene.run(["health"]).status) == 69 })
    let check = try faulty.scene.run(["check", "--config", faulty.scene.config])
    #expect(check.status == 74, "\(check.stderr)")
    #expect(check.stderr.hasPrefix("watcher: error: the disk is full ("))
    try faulty.judgeSoundness(fault)
    faulty.turnFaultOff()
    #expect(try eventually { try faulty.isDelivered }, "\(faulty.log)")
    #expect(try faulty.scene.run(["health"]).status == 0)
    #expect(try faulty.scene.run(["status", "--exit-code"]).status == 0)
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0, "\(faulty.log)")
    try faulty.judgeCompleteness(fault)
  }

  // MARK: The file of a sink

  @Test(arguments: [ENOSPC, EIO], Fault.Call.failing)
  func eventsWaitForTheDiskOfAFileSink(code: Int32, call: Fault.Call) throws {
    let faulty = try FaultScene(tags: 5)
    try faulty.finishSoundly()
    faulty.moveTags()
    try faulty.makeTagsDue()
    let fault = Fault(path: "events.jsonl", call: call, code: code, isSticky: true)
    faulty.turnFaultOn()
    let daemon = try faulty.start(fault)
    #expect(eventually { faulty.log.contains("msg=sink_failing") }, "\(faulty.log)")
    #expect(try !faulty.isDelivered && daemon.isRunning)
    try faulty.judgeSoundness(fault)
    faulty.turnFaultOff()
    #expect(try eventually { try faulty.isDelivered }, "\(faulty.log)")
    let torn = faulty.scene.eventLines().filter { (try? object($0)) == nil }
    #expect(torn.isEmpty, "a line that was cut off is finished")
    daemon.signal(SIGTERM)
    #expect(try daemon.finish(within: 15) == 0, "\(faulty.log)")
    try faulty.judgeCompleteness(fault)
  }

  @Test(arguments: Fault.Call.failing)
  func aFileSinkGoesOnAfterOneFault(call: Fault.Call) throws {
    let faulty = try FaultScene(tags: 3)
    try faulty.finishSoundly()
    var fault = Fault(path: "events.jsonl", call: call, code: EIO, isSticky: false)
    var hits = 0
    for number in Fault.rising {
      fault.at = number
      faulty.moveTags()
      try faulty.makeTagsDue()
      faulty.turnFaultOn()
      let daemon = try faulty.start(fault)
      #expect(try eventually { try faulty.isDelivered }, "\(fault): \(faulty.log)")
      daemon.signal(SIGTERM)
      #expect(try daemon.finish(within: 15) == 0, "\(fault): \(faulty.log)")
      try faulty.judgeCompleteness(fault)
      guard faulty.wasHit else { break }
      #expect(faulty.log.contains("msg=sink_failing"), "\(fault)")
      hits += 1
    }
    #expect(hits >= 1)
  }

  // MARK: Pieces

  /// - Parameter prepare: gives the scene of a run.
  /// - Returns: how many runs the fault ended.
  private func forRisingFaults(_ fault: Fault, prepare: () throws -> FaultScene) throws -> Int {
    var fault = fault
    var ended = 0
    for number in Fault.rising {
      fault.at = number
      let faulty = try prepare()
      faulty.turnFaultOn()
      let daemon = try faulty.start(fault)
      #expect(eventually { faulty.isTold || !daemon.isRunning }, "\(fault): \(faulty.log)")
      daemon.signal(SIGTERM)
      let status = try daemon.finish(within: 15)
      let wasHit = faulty.wasHit
      // A fault may strike where it does no harm: while the log is folded.
      if status != 0 {
        ended += 1
        #expect(status == 74 && wasHit, "\(fault): \(status) \(faulty.log)")
        let told = faulty.log.split(separator: "\n").last ?? ""
        #expect(told.hasPrefix("watcher: error: ") && told.contains(faulty.scene.database), "\(fault): \(faulty.log)")
      }
      try faulty.judgeSoundness(fault)
      try faulty.finishSoundly()
      try faulty.judgeCompleteness(fault)
      guard wasHit else {
        print("\(fault) is beyond the last; \(ended) runs were ended")
        return ended
      }
    }
    return ended
  }
}
