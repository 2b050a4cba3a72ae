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
    /// Names that none of those has which can be chosen.
    let unknown: [String]
    fileprivate let there: [String]

    /// What to say of names that no container has.
    ///
    /// - Parameter all: every container that there is.
    func error(in source: String, _ all: [RunningContainer]) -> CommandError {
      func words(_ names: [String], one: String, more: String, _ remedy: String) -> CommandError {
        let list = Words.list(names.prefix(ContainerChoice.shown).map(\.shown), of: names.count)
        return CommandError(.notFound, "\(names.count == 1 ? one : more) (\(list) in \(source.shown)): \(remedy)")
      }
      let absent = unknown.filter { name in !all.contains { ContainerChoice.isMeant($0, by: name) } }
      guard absent.isEmpty else {
        return words(
          absent, one: "there is no such container", more: "some containers are not there",
          (all.count > there.count ? "of those that run " : "")
            + Words.thereAre(there.map(\.shown), limit: ContainerChoice.shown))
      }
      return words(
        unknown, one: "the container does not run", more: "some containers do not run",
        "--all has those that do not run")
    }
  }

  func pick(_ containers: [RunningContainer]) -> Chosen {
    let there = all ? containers : containers.filter(\.isRunning)
    return Chosen(
      containers: names.isEmpty ? there : there.filter { one in names.contains { Self.isMeant(one, by: $0) } },
      unknown: names.filter { name in !there.contains { Self.isMeant($0, by: name) } }, there: there.map(\.name))
  }

  /// A name is also the beginning of one, up to a slash, or of an ID.
  private static func isMeant(_ container: RunningContainer, by name: String) -> Bool {
    container.name == name || container.name.hasPrefix(name.hasSuffix("/") ? name : name + "/")
      || RunningContainer.isID(name) && container.id?.hasPrefix(name) == true
  }
}
