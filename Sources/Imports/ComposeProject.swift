import ImageModel

/// The services of a Compose file, of all profiles, and of the files that it includes; with what they extend.
///
/// Values of variables are those of `.env` beside the file, never of the environment: what is watched must not depend
/// on the shell it was found from (docs/decisions/0040). Source: docs.docker.com, Compose file reference.
struct ComposeProject {
  private(set) var services: [ComposeService] = []
  /// What could not be read, where it is named, and why.
  private(set) var missing: [(what: String, place: Place, why: String)] = []

  private let neighbours: (String) -> NeighbourFile
  /// How many more files may be read.
  private var room = Limits.importFiles
  /// How many more values may be put in by `extends`.
  private var values = Limits.importValues
  /// Files whose services are here, or will be.
  private var included: Set<String>
  private var others: [String: Result<[Document], Reason>] = [:]

  /// A service extends another one that extends another one, so far.
  private static let longestChain = 32

  private struct Document {
    let includes: [YAMLValue]
    let services: [YAMLValue.Member]
    let byName: [String: YAMLValue.Member]

    init(_ value: YAMLValue) {
      includes = value["include"]?.list ?? []
      services = value["services"]?.map ?? []
      byName = Dictionary(services.map { ($0.key, $0) }) { first, _ in first }
    }
  }

  /// Why another file is not to be had.
  private struct Reason: Error {
    let text: String
  }

  init(_ file: ImportFile, neighbours: @escaping (String) -> NeighbourFile) throws(ImportError) {
    included = [file.name]
    self.neighbours = file.hasNeighbours ? neighbours : { _ in .absent }
    let documents = try YAMLDocuments.read(file.bytes, file: file.name)
    guard documents.contains(where: { $0["services"] != nil || $0["include"] != nil }) else {
      throw ImportError("it has no services", file.name, "name a Compose file, or another kind")
    }
    try read(
      documents.map(Document.init), file: file.name, environment: located(".env", from: file.name), given: [:],
      trail: [file.name])
  }

  /// - Parameter given: values that stand against those of `environment`.
  private mutating func read(
    _ documents: [Document], file: String, environment: String, given: [String: String], trail: [String]
  ) throws(ImportError) {
    let variables = variables(environment, file).merging(given) { $1 }
    for document in documents {
      for include in document.includes { try self.include(include, file, variables, trail) }
      for member in document.services {
        var service = try service(member, document, file, variables, trail: [])
        service.variables = variables
        services.append(service)
      }
    }
  }

  private mutating func variables(_ path: String, _ file: String) -> [String: String] {
    switch neighbours(path) {
    case .bytes(let bytes): return EnvFile.variables(bytes)
    case .absent: return [:]
    case .unreadable(let why):
      missing.append((path, Place(file: file, line: 1), "it cannot be read (\(why)): variables have their defaults"))
      return [:]
    }
  }

  // MARK: Other files

  /// A path, or a map with one or more.
  private mutating func include(
    _ value: YAMLValue, _ file: String, _ variables: [String: String], _ trail: [String]
  ) throws(ImportError) {
    for text in (value["path"] ?? value).texts {
      let place = Place(file: file, line: value.line)
      switch other(text, from: file, variables) {
      case .success(let (path, _)) where trail.contains(path): missing.append((text, place, "it includes itself"))
      // One that several files include is there already.
      case .success(let (path, documents)):
        guard included.insert(path).inserted else { continue }
        let folder = value["project_directory"]?.text.map { located("\($0)/.env", from: file) }
        let own = value["env_file"]?.texts.last.map { located($0, from: file) }
        try read(
          documents, file: path, environment: own ?? folder ?? located(".env", from: path), given: variables,
          trail: trail + [path])
      case .failure(let reason): missing.append((text, place, reason.text))
      }
    }
  }

  private mutating func other(
    _ written: String, from file: String, _ variables: [String: String]
  ) -> Result<(path: String, documents: [Document]), Reason> {
    let name: String
    do throws(Interpolation.Failure) {
      name = try Interpolation(variables: variables, escape: UInt8(ascii: "$"))(written)
    } catch {
      return .failure(Reason(text: error.explanation(Self.source)))
    }
    // An address may hold a password, and is not repeated.
    guard !name.contains("://"), !name.hasPrefix("oci:"), !name.hasPrefix("git@") else {
      return .failure(Reason(text: "it is not on this machine"))
    }
    let path = located(name, from: file)
    if let known = others[path] { return known.map { (path, $0) } }
    let found = read(path)
    others[path] = found
    return found.map { (path, $0) }
  }

  private mutating func read(_ path: String) -> Result<[Document], Reason> {
    guard room > 0 else { return .failure(Reason(text: "more than \(Limits.importFiles) files belong to it")) }
    room -= 1
    switch neighbours(path) {
    case .absent: return .failure(Reason(text: "there is no file \(path)"))
    case .unreadable(let why): return .failure(Reason(text: "\(path) cannot be read: \(why)"))
    case .bytes(let bytes):
      do throws(ImportError) {
        return .success(try YAMLDocuments.read(bytes, file: path).map(Document.init))
      } catch {
        return .failure(Reason(text: "\(path): \(error.what)"))
      }
    }
  }

  // MARK: Services

  private mutating func service(
    _ member: YAMLValue.Member, _ document: Document, _ file: String, _ variables: [String: String], trail: [String]
  ) throws(ImportError) -> ComposeService {
    var service = ComposeService(member, file: file)
    guard let extends = member.value["extends"], extends.isGiven else { return service }
    let id = "\(file) \(member.key)"
    guard !trail.contains(id), trail.count < Self.longestChain else {
      service.trouble = "it extends itself"
      return service
    }
    switch base(extends, document, file, variables) {
    case .success(let (member, home, homeFile)):
      let base = try self.service(member, home, homeFile, variables, trail: trail + [id])
      values -= member.value.count + base.labels.count
      guard values >= 0 else {
        throw ImportError(
          "it has more than \(Limits.importValues) values, with what its services extend", file, line: extends.line,
          "name a smaller file")
      }
      service.extend(base)
    case .failure(let reason): service.trouble = reason.text
    }
    return service
  }

  /// What a service extends, and where that is.
  private mutating func base(
    _ extends: YAMLValue, _ document: Document, _ file: String, _ variables: [String: String]
  ) -> Result<(member: YAMLValue.Member, home: Document, file: String), Reason> {
    guard let name = extends.text ?? extends["service"]?.text else {
      return .failure(Reason(text: "what it extends is not understood"))
    }
    var (homes, homeFile) = ([document], file)
    if let written = extends["file"]?.text {
      switch other(written, from: file, variables) {
      case .success(let found): (homeFile, homes) = found
      case .failure(let reason): return .failure(reason)
      }
    }
    guard let home = homes.first(where: { $0.byName[name] != nil }), let member = home.byName[name] else {
      return .failure(Reason(text: "it extends \(name), which is not there"))
    }
    return .success((member, home, homeFile))
  }

  /// What gives variables their values.
  static let source = "neither .env nor a default"
}
