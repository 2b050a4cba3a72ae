import History
import ImageModel
import TestSupport
import Testing

@testable import watcher

@Suite struct ErrorTests {
  /// Every code of a failed check has its place among 66, 69 and 77.
  @Test(arguments: CheckFailure.Code.allCases)
  func failedResolve(code: CheckFailure.Code) throws {
    let expected: CommandStatus =
      switch code {
      case .tagMissing, .repositoryMissing: .notFound
      case .unauthorizedOrMissing, .denied, .badCredentials, .credentialsUnreadable, .authUnsupported, .realmRefused:
        .permission
      default: .unavailable
      }
    let reference = try ImageReference("amazonlinux@\(Samples.digest("a"))")
    let canonical = "docker.io/library/amazonlinux@\(try Samples.digest("a"))"
    let error = CommandError(CheckFailure(code, "what", remedy: "do this"), about: reference)
    #expect(error == CommandError(expected, "what (\(canonical)): do this"))
    #expect(CommandError(CheckFailure(code, "what"), about: reference).message == "what (\(canonical))")
  }

  @Test(arguments: StoreError.Code.allCases)
  func storeErrorsKeepTheirStatus(code: StoreError.Code) {
    let error = StoreError(code, "what (where): do this")
    #expect(CommandError(error).status == error.exitCode)
    #expect(CommandError(error).message == error.message)
  }

  @Test(
    arguments: [
      (
        ["frobnicate"], "x",
        "there is no command 'frobnicate' (watcher): there are run, check, hint, resolve, history, events, status, "
          + "which, diff, drift, deliveries, sinks, config"
      ),
      (["histroy"], "x", "there is no command 'histroy' (watcher): did you mean 'history'? 'watcher --help' shows all"),
      (["db", "bakup"], "x", "there is no command 'bakup' (watcher db): did you mean 'backup'? 'watcher db --help'"),
      (["--config", "f"], "x", "a command is missing (watcher): there are run, check"),
      (["db", "--database", "f"], "x", "a command is missing (watcher db): there are check, backup"),
      (["\u{1b}[1m"], "x", "there is no command '\\u{1b}[1m' (watcher): "),
      (
        ["check", "--jso"], "Unknown option '--jso'.",
        "unknown option '--jso' (watcher check): did you mean '--json'? 'watcher check --help' shows all"
      ),
      (
        ["history", "x", "--al"], "Unknown option '--al'. Did you mean '--at'?",
        "unknown option '--al' (watcher history): did you mean '--all'? 'watcher history --help' shows all"
      ),
      (
        ["status", "--databse=x"], "Unknown option '--databse=x'",
        "unknown option '--databse=x' (watcher status): did you mean '--database'?"
      ),
      (
        ["status", "--frobnicate"], "Unknown option '--frobnicate'. Did you mean '--local'?",
        "unknown option '--frobnicate' (watcher status): see 'watcher status --help'"
      ),
      (
        ["import", "compos", "x"], noKind.replacing("X", with: "compos"),
        "the value 'compos' is invalid for '<kind>' (watcher import): did you mean 'compose'?"
      ),
      (
        ["import", "helm"], noKind.replacing("X", with: "helm"),
        "the value 'helm' is invalid for '<kind>' (watcher import): it is one of diun, compose, kubernetes"
      ),
      (["--jso"], "Unknown option\n '--jso'", "unknown option  '--jso' (watcher): see 'watcher --help'"),
      (["resolve"], "Missing\u{7}", "missing\\u{7} (watcher resolve): see 'watcher resolve --help'"),
      (
        ["deliveries", "drop", "--al"], "x",
        "x (watcher deliveries drop): see 'watcher deliveries drop --help'"
      ),
      (["deliveries", "dorp"], "x", "there is no command 'dorp' (watcher deliveries): did you mean 'drop'?"),
      (["config", "list"], "x", "there is no command 'list' (watcher config): there are check, show"),
      (["sinks", "--x"], "x", "x (watcher sinks): see 'watcher sinks --help'"),
      ([], "", " (watcher): see 'watcher --help'"),
    ] as [([String], String, String)])
  func usage(arguments: [String], message: String, text: String) {
    #expect(UsageMessage.text(message, arguments: arguments).hasPrefix(text))
  }

  /// As the parser says it.
  private static let noKind = """
    The value 'X' is invalid for '<kind>'. Please provide one of the following:
      - diun
      - compose
      - kubernetes
    """
}
