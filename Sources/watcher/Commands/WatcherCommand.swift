import ArgumentParser
import Config
import Glibc
import History
import Host
import ImageModel
import Questions
import Service

/// Watches which image a tag of a container registry names, and tells when it changes.
@main
struct WatcherCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watcher",
    abstract: "Watches which image a tag names, records it, and tells when it changes.",
    discussion: "Example: watcher run --config config.example.json",
    version: "watcher \(ProductInfo.version)",
    subcommands: [
      RunCommand.self, CheckCommand.self, HintCommand.self, ResolveCommand.self, HistoryCommand.self,
      EventsCommand.self,
      StatusCommand.self, WhichCommand.self, DiffCommand.self, DriftCommand.self, DeliveriesCommand.self,
      SinksCommand.self, ConfigCommand.self, DbCommand.self, ForgetCommand.self, ImportCommand.self,
      HealthCommand.self, CompletionCommand.self,
    ])

  static func main() async {
    StandardDescriptors.occupy()
    // libdispatch would tell the system's log of every thread whose priority an ordinary user may not raise.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    // A registry or a reader that hangs up is an error to handle, not an end. `end` makes up for it.
    signal(SIGPIPE, SIG_IGN)
    let arguments = CommandWords.arranged(Array(CommandLine.arguments.dropFirst()))
    if let message = UsageMessage.unknownHelp(arguments) ?? UsageMessage.repeatedOption(arguments) {
      fail(CommandError(.usage, message))
    }
    do {
      var command = try await asyncParseAsRoot(arguments)
      // They are caught wherever the word `run` stands among the arguments.
      if !(command is RunCommand) { SignalWatch.release() }
      do {
        if var asyncCommand = command as? AsyncParsableCommand {
          try await asyncCommand.run()
        } else {
          try command.run()
        }
      } catch {
        end(after: error)
      }
    } catch {
      endParsing(error)
    }
  }

  private static func end(after error: any Error) -> Never {
    switch error {
    case let status as CommandStatus: Glibc.exit(status.rawValue)
    case let error as CommandError: fail(error)
    case let error as QuestionError: fail(CommandError(error))
    case let error as StoreError: fail(CommandError(error))
    case let refusal as ConfigRefusal:
      for text in refusal.problems.texts { Output.say(text) }
      fail(CommandError(refusal))
    case is OutputClosed:
      signal(SIGPIPE, SIG_DFL)
      raise(SIGPIPE)
      Glibc.exit(CommandStatus.inputOutput.rawValue)
    default:
      if exitCode(for: error) != .failure { endParsing(error) }
      fail(CommandError(.internalError, "something unforeseen happened (\("\(error)".safe())): please report it"))
    }
  }

  private static func fail(_ error: CommandError) -> Never {
    Output.error(error.message)
    Glibc.exit(error.status.rawValue)
  }

  /// Help and the version go to standard output; anything else is about how the command was written.
  private static func endParsing(_ error: any Error) -> Never {
    if exitCode(for: error) == .success {
      do {
        let text = fullMessage(for: error)
        if !text.isEmpty { try Output.print(text + "\n") }
        Glibc.exit(CommandStatus.success.rawValue)
      } catch {
        end(after: error)
      }
    }
    fail(
      CommandError(
        .usage,
        UsageMessage.text(
          message(for: error), arguments: CommandWords.arranged(Array(CommandLine.arguments.dropFirst())))))
  }
}
