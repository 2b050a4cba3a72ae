import ArgumentParser
import FoundationEssentials
import Glibc
import ImageModel

enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// How a command prints what it has found.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Print JSON instead of text.")
  var json = false
  @Option(help: ArgumentHelp("Use colour.", valueName: "when"))
  var color = ColorChoice.auto
  @Flag(help: "Print digests in full.")
  var full = false

  /// Prints a document or text for people, as asked for.
  func print(isLocal: Bool = false, json document: @autoclosure () -> JSONOutput, text: (TextFormat) throws -> [UInt8])
    throws
  {
    try Output.write(json ? document().bytes + [UInt8(ascii: "\n")] : try text(format(isLocal: isLocal)))
  }

  func format(isLocal: Bool = false) -> TextFormat {
    let environment = ProcessInfo.processInfo.environment
    let isPainted = Style.isWanted(color, isTerminal: Terminal.isTerminal(STDOUT_FILENO), environment: environment)
    return TextFormat(
      style: Style(isOn: isPainted), digests: DigestText(isFull: full), times: TimeText(isLocal: isLocal),
      width: Terminal.columns(environment: environment))
  }
}

/// As `OutputOptions`, for commands that print times.
struct TimedOutputOptions: ParsableArguments {
  @OptionGroup var output: OutputOptions
  @Flag(help: "Print times in local time instead of UTC, text only.")
  var local = false

  var format: TextFormat { output.format(isLocal: local) }

  func print(json: @autoclosure () -> JSONOutput, text: (TextFormat) -> String) throws {
    try output.print(isLocal: local, json: json()) { Array(text($0).utf8) }
  }
}
