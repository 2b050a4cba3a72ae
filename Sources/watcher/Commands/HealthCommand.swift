import ArgumentParser
import Control
import FoundationEssentials
import ImageModel
import Service

struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health", abstract: "Say whether the daemon of a database is live and ready.",
    discussion: """
      Exit status: 0; 69 when it does not answer, 77 when it may not be asked. It says nothing about registries: see \
      'watcher status'.
      Example: watcher health --database /var/lib/watcher/watcher.db
      """)

  @OptionGroup var source: QueryOptions

  func run() throws {
    do {
      let status = try ControlClient.health(
        database: source.path(), environment: ProcessInfo.processInfo.environment)
      try Output.print("ready: \(status.shown)\n")
    } catch let error as ControlError {
      throw CommandError(error.status, error.message.shown)
    }
  }
}
