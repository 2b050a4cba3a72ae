/// Images that a Dockerfile builds upon or copies from. Source: docs.docker.com, Dockerfile reference.
struct DockerfileImages {
  private let file: String
  private let escape: UInt8
  /// Values of the arguments before the first stage.
  private var arguments: [String: String] = [:]
  /// Names of stages, in lower case.
  private var stages: Set<String> = []
  private var isWithinStage = false

  static func find(in file: ImportFile, _ findings: inout Findings) throws(ImportError) {
    let lines = DockerfileLines(file.bytes)
    guard lines.instructions.contains(where: { $0.name == "FROM" }) else {
      throw ImportError("it has no FROM", file.name, "name a Dockerfile, or another kind")
    }
    if let (image, line) = lines.syntax {
      findings.skip(image, at: Place(file: file.name, line: line), "it reads the Dockerfile, and is not in the image")
    }
    var reader = DockerfileImages(file: file.name, escape: lines.escape)
    for instruction in lines.instructions { reader.read(instruction, &findings) }
  }

  private init(file: String, escape: UInt8) { (self.file, self.escape) = (file, escape) }

  private mutating func read(_ instruction: DockerfileLines.Instruction, _ findings: inout Findings) {
    let flags = instruction.words.prefix { $0.hasPrefix("--") }
    switch instruction.name {
    case "ARG" where !isWithinStage: instruction.words.forEach { argument($0) }
    case "FROM":
      isWithinStage = true
      stage(Array(instruction.words.dropFirst(flags.count)), instruction.line, &findings)
    case "COPY":
      for flag in flags where flag.hasPrefix("--from=") {
        source(String(flag.dropFirst("--from=".count)), instruction.line, &findings)
      }
    case "RUN":
      for flag in flags where flag.hasPrefix("--mount=") {
        for option in flag.dropFirst("--mount=".count).split(separator: ",") where option.hasPrefix("from=") {
          source(String(option.dropFirst("from=".count)), instruction.line, &findings)
        }
      }
    default: break
    }
  }

  /// `NAME` or `NAME=default`.
  private mutating func argument(_ word: String) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return }
    var value = parts[1]
    if value.count > 1, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
      value = value.dropFirst().dropLast()
    }
    arguments[String(parts[0])] = try? interpolated(String(value))
  }

  /// `image [AS name]`.
  private mutating func stage(_ words: [String], _ line: Int, _ findings: inout Findings) {
    guard let written = words.first else { return }
    do throws(Interpolation.Failure) {
      let image = try interpolated(written)
      if image != "scratch" { add(image, line, &findings) }
    } catch {
      let why = error.explanation("no ARG before the first FROM")
      findings.skip(written, at: Place(file: file, line: line), why)
    }
    if words.count == 3, words[1].uppercased() == "AS" { stages.insert(words[2].lowercased()) }
  }

  /// Of a copy or a mount: a stage by its name or number, or an image.
  private func source(_ text: String, _ line: Int, _ findings: inout Findings) {
    if Int(text) == nil { add(text, line, &findings) }
  }

  private func add(_ image: String, _ line: Int, _ findings: inout Findings) {
    guard !stages.contains(image.lowercased()) else { return }
    findings.add(image, at: Place(file: file, line: line))
  }

  private func interpolated(_ text: String) throws(Interpolation.Failure) -> String {
    try Interpolation(variables: arguments, escape: escape)(text)
  }
}
