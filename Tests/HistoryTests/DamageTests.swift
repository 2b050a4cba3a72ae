import GRDB
import Glibc
import ImageModel
import TestSupport
import Testing

@testable import History

@Suite struct DamageTests {
  let scratch = Scratch()

  /// A database with something in every table, closed; returns the bytes of its main file.
  private func sample() throws -> [UInt8] {
    let writer = try HistoryWriter.open(scratch.database)
    try writer.transactionSync { history in
      try history.registerSinks([SinkDefinition(name: "ops", type: "webhook", fingerprint: "1")])
      let tag = try history.amazonTag()
      for index in 0..<4 as Range<UInt8> {
        try history.insertDocuments([Document(digest: digest(index), mediaType: .ociIndex, bytes: [1, 2, 3])])
        try history.record(
          snapshot(index, [image(amd64, 10 + index), image(arm64, 20)]), tag: tag.id, at: Int64(index),
          sinks: ["ops"])
      }
      var state = TagState()
      state.failure = CheckFailure(.timeout, "m")
      state.walked = .only([amd64])
      state.headDigest = digest(3)
      try history.updateState(tag.id, state)
    }
    writer.close()
    return read(scratch.database)
  }

  /// Every answer but a crash or an error that is no `StoreError` will do.
  private func isAnswered(_ body: () throws -> Void) -> Bool {
    do {
      try body()
      return true
    } catch {
      return error is StoreError
    }
  }

  private func use(_ writer: HistoryWriter) throws {
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.amazonTag()
      _ = try history.latestSnapshot(tag: tag.id)
      _ = try history.lastUse(tag: tag.id, platform: arm64, identity: digest(20), before: 4)
      _ = try history.waiting(sink: "ops", now: time(100), within: .seconds(86_400), limit: 10)
      _ = try history.document(digest(1))
      _ = try history.sinks()
      try history.record(snapshot(9, [image(amd64, 99)]), tag: tag.id, at: 50, sinks: ["ops"])
    }
  }

  @Test func damagedBytesNeverCrash() throws {
    let whole = try sample()
    // A fixed stride that is prime to the page size reaches headers, cells and free space of every page.
    for position in stride(from: 0, to: whole.count, by: 509) {
      var bytes = whole
      bytes[position] ^= 0xff
      write(bytes, to: scratch.database)
      truncate(scratch.database + "-wal", 0)
      #expect(
        isAnswered {
          let reader = try HistoryReader.open(scratch.database)
          _ = try reader.status()
          _ = try reader.history(amazon)
          _ = try reader.platforms(of: amazon)
          _ = try reader.near(amazon, limit: 5)
        }, "reading, byte \(position)")
      #expect(isAnswered { try use(try HistoryWriter.open(scratch.database)) }, "writing, byte \(position)")
    }
  }

  @Test func aTruncatedFileIsDamaged() throws {
    let whole = try sample()
    write(Array(whole.prefix(whole.count / 2 / 4_096 * 4_096)), to: scratch.database)
    let error = #expect(throws: StoreError.self) { try HistoryWriter.open(scratch.database) }
    #expect(error?.exitCode == .data)
  }

  @Test func anIndexThatDiffersFromItsTableIsFoundAtOpening() throws {
    var bytes = try sample()
    let name = Array("library/amazonlinux".utf8)
    // The row and the unique index hold the name each; the events name it in JSON, behind a slash.
    let places = bytes.indices.dropLast(name.count).filter {
      bytes[$0..<($0 + name.count)].elementsEqual(name) && bytes[$0 - 1] != UInt8(ascii: "/")
        && bytes[$0 - 1] != UInt8(ascii: "\"")
    }
    let place = try #require(places.last)
    bytes[place] = UInt8(ascii: "x")
    write(bytes, to: scratch.database)
    let error = #expect(throws: StoreError.self) { try HistoryWriter.open(scratch.database) }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains(scratch.database) == true)
    #expect(read(scratch.database) == bytes, "a damaged file is left as it is")
  }

  @Test(arguments: [
    "UPDATE tag SET head_digest = 'sha256:x'", "UPDATE tag SET selection = ''", "UPDATE tag SET error_code = 'new'",
    "UPDATE snapshot SET digest = 'none'", "UPDATE snapshot_platform SET platform = 'linux'",
    "UPDATE snapshot_platform SET manifest = ''", "UPDATE event SET type = 'other'",
  ]) func aValueThatCannotBeIsDamage(_ sql: String) throws {
    _ = try sample()
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.queue.write { try $0.execute(sql: sql) }
    let reader = try HistoryReader.open(scratch.database)
    let error = #expect(throws: StoreError.self) {
      _ = try reader.status()
      _ = try reader.history(amazon)
    }
    #expect(error?.code == .damaged)
    #expect(error?.message.contains(scratch.database) == true)
    #expect(
      code {
        try writer.transactionSync { history in
          _ = try history.latestSnapshot(tag: try #require(try history.tag(amazon)).id)
        }
      } == .damaged)
  }
}
