import Answers
import ArgumentParser
import Config
import ImageModel
import Imports

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Print watch entries for the images that files of other tools name.",
    usage: "watcher import [<options>] <kind> [<file> ...]",
    discussion: """
      What it leaves out stands on standard error, with the reason: what is pinned to a digest, built here, or named \
      by a variable without a value.
      Example: watcher import compose compose.yaml --merge /etc/watcher/config.json
      Exit status: 0; 64 a file is not understood; 66 it is not there; 77 it cannot be read; 78 the configuration of \
      --merge cannot be used.
      """)

  @Argument(help: ArgumentHelp("What kind of files they are.", valueName: "kind"))
  var kind: ImportKind
  @Argument(
    help: ArgumentHelp("Files of that kind; - and none at all are standard input.", valueName: "file"),
    completion: .file())
  var files: [String] = []
  @Option(
    help: ArgumentHelp("Print this configuration, with the entries added that it lacks.", valueName: "file"),
    completion: .file())
  var merge: String?
  @Flag(help: "Print JSON, with what is left out, instead of text.")
  var json = false

  func validate() throws {
    if merge?.isEmpty == true { throw ValidationError("--merge must name a file") }
    if merge != nil && json { throw ValidationError("--merge and --json exclude each other") }
  }

  func run() throws {
    var importer = Importer(neighbours: ImportFiles.neighbour)
    for path in files.isEmpty ? ["-"] : files {
      let file = try ImportFiles.read(path)
      do throws(ImportError) {
        try importer.add(file, kind)
      } catch {
        throw CommandError(error)
      }
    }
    try Output.write(document(importer))
    if !json { for skipped in importer.skipped { Output.say(Self.text(skipped)) } }
    for file in importer.silent {
      Output.warning("no image is named (\(file.safe())): see whether this is the file that is meant")
    }
  }

  private func document(_ importer: Importer) throws -> [UInt8] {
    if let merge {
      let file = ConfigFile(option: merge, environment: [:])
      let (bytes, config) = try file.document()
      let merged = WatchlistMerge.merged(bytes, config, importer.images)
      _ = try file.parse(merged)
      return merged
    }
    let answer = ImportAnswer(images: importer.images, skipped: importer.skipped)
    return json ? answer.json.bytes + [UInt8(ascii: "\n")] : WatchlistMerge.document(importer.images)
  }

  /// `compose.yaml:12: left out: web (it is built here, and its image has no name)`.
  static func text(_ skipped: SkippedImage) -> String {
    "\(skipped.file):\(skipped.line): left out: \(skipped.what.safe(limit: 300)) (\(skipped.why))".safe(limit: 1_024)
  }
}

extension ImportKind: ExpressibleByArgument {}
