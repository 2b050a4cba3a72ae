import Foundation
import Testing

/// What is found in files as people have them. WATCHER_WRITE_IMPORTS=1 writes it anew, for a person to read in the diff.
@Suite struct FixtureTests {
  @Test func areThere() { #expect(Fixture.all.count >= 60) }

  @Test(arguments: Fixture.all) func isFound(_ fixture: Fixture) throws {
    let found = try fixture.found()
    if ProcessInfo.processInfo.environment["WATCHER_WRITE_IMPORTS"] != nil {
      try Data(found.utf8).write(to: Fixture.folder.appending(path: fixture.expectation))
    }
    #expect(try String(decoding: Fixture.bytes(fixture.expectation), as: UTF8.self) == found)
  }
}
