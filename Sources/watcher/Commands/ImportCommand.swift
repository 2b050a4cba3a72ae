import Answers
import ArgumentParser
import Config
import ImageModel
import Imports

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Print watch entries for the images that files of other tools name, or that run.",
    usage: "watcher import [<options>] <kind> [<file> ...]",
    discussion: """
      What it leaves out stands on standard error, with the reason: what is pinned to a digest, built here, or named \
      by a variable without a value.
      Example: watcher import compose compose.yaml --merge /etc/watcher/config.json
      Exit status: 0; 64 a file is not understood; 66 it is not there; 69 no engine; 77 it cannot be read; 78 the \
      configuration of --merge cannot be used.
      """)

  @Argument(help: ArgumentHelp("What kind of files they are.", valueName: "kind"))
  var kind: ImportKind
  @Argument(
    help: ArgumentHelp(
      "Files of that kind; - is standard input, which is read without any. For engine they are what --from takes.",
      valueName: "file"), completion: .file())
  var files: [String] = []
  @Option(
    help: ArgumentHelp("Print this configuration, with the entries added that it lacks.", valueName: "file"),
    completion: .file())
  var merge: String?
  @Flag(help: "Print JSON, with what is left out, instead of text.")
  var json = false

  @OptionGroup var place: ContainerOptions

  func validate() throws {
    if kind != .engine, place.engine != nil || place.from != nil {
      throw ValidationError("--engine and --from are for the kind engine alone")
    }
    if place.engine != nil, !files.isEmpty { throw ValidationError("--engine and files exclude each other") }
    if merge?.isEmpty == true { throw ValidationError("--merge must name a file") }
    if merge != nil && json { throw ValidationError("--merge and --json exclude each other") }
  }

  func run() async throws {
    var importer = Importer(neighbours: ImportFiles.neighbour)
    let named = files + (place.from.map { [$0] } ?? [])
    if kind == .engine, named.isEmpty {
      let (socket, containers) = try await place.ask(all: false)
      importer.add(containers, from: socket)
    } else {
      for path in named.isEmpty ? [NamedFile.standardInput] : named {
        let file = try ImportFiles.read(path, limit: kind.fileBytes)
        do throws(ImportError) {
          try importer.add(file, kind)
        } catch {
          throw CommandError(error)
        }
      }
    }
    try Output.write(document(importer))
    if !json { for skipped in importer.skipped { Output.say(Self.text(skipped)) } }
    for file in importer.silent {
      let nothing = kind == .engine ? "no container runs" : "no image is named"
      Output.warning("\(nothing) (\(file.safe())): see whether this is what is meant")
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
    "\(skipped.file)\(skipped.line.map { ":\($0)" } ?? ""): left out: \(skipped.what.safe(limit: 300)) (\(skipped.why))"
      .safe(limit: 1_024)
  }
}

extension ImportKind: ExpressibleByArgument {}
