/// In place of the pool of readers that belongs here, until that is there: reads one after another.
package final class ReaderPool: Sendable {
  private let path: String

  package init(_ path: String, size: Int = 4, waiting: Int = 64, seconds: Int = 5) { self.path = path }

  package func read<T: Sendable>(_ body: @escaping @Sendable (HistoryReader) throws -> T) async throws -> T {
    try body(try HistoryReader.open(path))
  }
}
