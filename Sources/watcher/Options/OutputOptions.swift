import ArgumentParser
import FoundationEssentials
import Glibc
import ImageModel
import Questions

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
  ///
  /// - Parameter pager: what shows text that is longer than the screen.
  func print(
    isLocal: Bool = false, pager: Pager? = nil, json document: @autoclosure () -> JSONOutput,
    text: (TextFormat) throws -> String
  ) throws {
    if json { return try Output.write(document().bytes + [UInt8(ascii: "\n")]) }
    let text = try text(format(isLocal: isLocal))
    guard let pager, let rows = Terminal.rows(), text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= rows else {
      return try Output.print(text)
    }
    try pager.show(Output.charset.bytes(text))
  }

  func format(isLocal: Bool = false) -> TextFormat {
    let environment = ProcessInfo.processInfo.environment
    let isPainted = Style.isWanted(color, isTerminal: Terminal.isTerminal(STDOUT_FILENO), environment: environment)
    return TextFormat(
      style: Style(isOn: isPainted), digests: DigestText(isFull: full), times: TimeText(isLocal: isLocal),
      charset: Output.charset, width: Terminal.columns(environment: environment))
  }
}

/// As `OutputOptions`, for commands that print times.
struct TimedOutputOptions: ParsableArguments {
  @OptionGroup var output: OutputOptions
  @Flag(help: "Times are local, not UTC: those of text, and those of options.")
  var local = false

  var format: TextFormat { output.format(isLocal: local) }
  /// In which times are shown, and understood.
  var zone: TimeText { TimeText(isLocal: local) }

  func print(pager: Pager? = nil, json: @autoclosure () -> JSONOutput, text: (TextFormat) -> String) throws {
    try output.print(isLocal: local, pager: pager, json: json(), text: text)
  }
}
