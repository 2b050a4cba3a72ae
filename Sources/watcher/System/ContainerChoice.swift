import Containers
import ImageModel

/// Which of the containers that there are somebody asks for.
struct ContainerChoice {
  private static let shown = 5

  let names: [String]
  /// Those that do not run as well.
  let all: Bool

  struct Chosen {
    let containers: [RunningContainer]
    fileprivate let unknown: [String]
    fileprivate let known: [String]

    /// What to say of names that no container has.
    func error(in source: String) -> CommandError? {
      guard let first = unknown.first else { return nil }
      let names = Words.list(unknown.prefix(ContainerChoice.shown).map(\.shown), of: unknown.count)
      let what = unknown.count == 1 ? "there is no such container" : "some containers are not there"
      let stopped = known.contains(first) ? "--all has those that do not run" : nil
      let running = Words.thereAre(known.map(\.shown), limit: ContainerChoice.shown)
      return CommandError(.notFound, "\(what) (\(names) in \(source.shown)): \(stopped ?? running)")
    }
  }

  /// A name is also the beginning of one, up to a slash.
  func pick(_ containers: [RunningContainer]) -> Chosen {
    let there = all ? containers : containers.filter(\.isRunning)
    guard !names.isEmpty else { return Chosen(containers: there, unknown: [], known: []) }
    func isMeant(_ container: RunningContainer, by name: String) -> Bool {
      container.name == name || container.name.hasPrefix(name + "/")
    }
    return Chosen(
      containers: there.filter { container in names.contains { isMeant(container, by: $0) } },
      unknown: names.filter { name in !there.contains { isMeant($0, by: name) } },
      known: containers.map(\.name))
  }
}
