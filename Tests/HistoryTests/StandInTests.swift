import ImageModel
import Testing

@testable import History

/// What an index says of images that are recorded under the platform that was asked for.
@Suite struct StandInTests {
  private let scratch = Scratch()

  private static let index = """
    {"manifests": [
      {"digest": "\(digest(110))", "platform": {"os": "Linux", "architecture": "armhf"}},
      {"digest": "\(digest(111))", "platform": {"os": "windows", "architecture": "amd64", "os.version": "10.0.20348.5"}},
      {"digest": "\(digest(112))", "platform": {"os": "linux", "architecture": 7, "variant": null}},
      {"digest": "\(digest(113))"}, 5, {"digest": "\(digest(110))", "platform": {"architecture": "arm64"}}]}
    """

  /// What `status` finds of each image.
  private func found(
    _ names: [Platform], walked: PlatformSelection, index: String = index
  ) throws -> [String?] {
    let writer = try HistoryWriter.open(scratch.database)
    defer { writer.close() }
    try writer.transactionSync { history in
      let tag = try history.registerTags([WatchedTag(tag: amazon, selection: walked, intervalSeconds: 900)])[0]
      try history.insertDocuments([Document(digest: digest(1), mediaType: .ociIndex, bytes: Array(index.utf8))])
      let images = names.enumerated().map { image($1, UInt8(10 + $0)) }
      try history.record(snapshot(1, images), tag: tag.id, at: 0)
      var state = tag.state
      state.walked = walked
      try history.updateState(tag.id, state)
    }
    return try HistoryReader.open(scratch.database).status().tags[0].platforms.map { $0.found?.description }
  }

  private func platforms(_ texts: String...) throws -> [Platform] { try texts.map { try #require(Platform($0)) } }

  @Test func theIndexNamesWhatIsThere() throws {
    let asked = try platforms("linux/arm/v8", "windows/amd64:10.0.26100", "linux/amd64", "linux/386")
    #expect(try found(asked, walked: .compatible(asked)) == ["linux/arm/v7", "windows/amd64:10.0.20348", nil, nil])
  }

  @Test func whatIsThereItselfIsNoStandIn() throws {
    let asked = try platforms("linux/arm64")
    #expect(try found(asked, walked: .compatible(asked)) == [nil], "listed twice, once as it is")
  }

  @Test func withStrictMatchingNothingStandsIn() throws {
    let asked = try platforms("linux/arm/v8")
    #expect(try found(asked, walked: .only(asked)) == [nil])
  }

  @Test(arguments: ["", "{", "[]", #"{"manifests": {"a": 1}}"#]) func anIndexThatSaysNothing(_ text: String) throws {
    let asked = try platforms("linux/arm/v8")
    #expect(try found(asked, walked: .compatible(asked), index: text) == [nil])
  }
}
