import Config
import History
import Host
import ImageModel

extension WatchConfig {
  /// Event files that are something else already: a file of the service itself, or that of another sink.
  func fileFindings(database: String) async -> [PreflightFinding] {
    let files = sinks.compactMap { sink in
      if case .file(let path) = sink.kind { (sink: sink.name, path: path) } else { nil }
    }
    guard !files.isEmpty else { return [] }
    let own = await [database].looked(within: Limits.lookSeconds) { FilePlace.ofDatabase($0) }
    let places = await ([path] + files.map(\.path)).looked(within: Limits.lookSeconds) { FilePlace($0) }
    let taken = (try? own[0].get()) ?? []
    var sinks: [FilePlace: String] = [:]
    return zip(files, places.dropFirst()).compactMap { file, place in
      // One that does not answer is told of where it is looked at for itself.
      guard let place = try? place.get() else { return nil }
      if taken.contains(place) { return refusal(file, "belongs to the database, and events in it would be lost") }
      if place == (try? places[0].get()) { return refusal(file, "is this configuration") }
      if let other = sinks[place] {
        return PreflightFinding(
          problem(
            .sink(file.sink, key: "path"), .warning,
            "\(file.path.safe()) is the file of the sink \(other.safe()) as well",
            hint: "an event that is sent to both is in it twice"))
      }
      sinks[place] = file.sink
      return nil
    }
  }

  private func refusal(_ file: (sink: String, path: String), _ reason: String) -> PreflightFinding {
    let error = SinkError(
      sink: file.sink, setting: "path", reason: "\(file.path.safe()) \(reason)", hint: "name a file of its own")
    return PreflightFinding(problem(error), refusal: error)
  }
}
