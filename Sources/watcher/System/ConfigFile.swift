import Config
import FoundationEssentials
import Glibc
import Host
import ImageModel
import Service
import Synchronization

/// The configuration file: which one it is, and what to make of it. Source: docs/reference.md, Commands.
struct ConfigFile: Hashable {
  static let usualPath = "/etc/watcher/config.json"
  /// More than the parser takes; what is beyond need not be read.
  private static let sizeLimit = Limits.configurationBytes + 1
  /// For a pipe, between two pieces.
  private static let patienceSeconds: Int32 = 10

  let path: String
  /// Whether the user named it; then it must be there.
  let isNamed: Bool

  /// `--config`, else `WATCHER_CONFIG`, else the usual path.
  init(option: String?, environment: [String: String]) {
    let named = option ?? environment["WATCHER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
    path = named ?? Self.usualPath
    isNamed = named != nil
  }

  /// Whether the user named one that is not there.
  var isGone: Bool {
    var info = stat()
    return isNamed && stat(path, &info) != 0 && errno == ENOENT
  }

  /// Found from any directory.
  var absolutePath: String { path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)" }

  /// For commands that need a configuration.
  ///
  /// - Parameter isAnew: whether it is read again on purpose, for it may have changed.
  func required(say: (String) -> Void = Output.say, isAnew: Bool = false) throws -> WatchConfig {
    try document(say: say, isAnew: isAnew).config
  }

  /// The same, with the file as it is.
  func document(
    say: (String) -> Void = Output.say, isAnew: Bool = false
  ) throws -> (bytes: [UInt8], config: WatchConfig) {
    switch Self.read(path, isAnew: isAnew) {
    case .success(let bytes): return (bytes, try parse(bytes, say))
    case .failure(let failure) where failure.code == ENOENT && !isNamed:
      throw CommandError(
        .configuration,
        "there is no configuration (neither --config nor WATCHER_CONFIG, and no \(path)): write one; "
          + #"{"watch": ["amazonlinux:latest"]} is enough to begin with"#)
    case .failure(let failure): throw unreadable(failure)
    }
  }

  /// For the commands that record: also says what is doubtful.
  ///
  /// - Parameters:
  ///   - say: gets each problem and warning, standard error if not given.
  ///   - isAnew: as of `required`.
  func ready(say: (String) -> Void = Output.say, isAnew: Bool = false) throws -> WatchConfig {
    let config = try required(say: say, isAnew: isAnew)
    for text in config.warnings.texts { say(text) }
    return config
  }

  /// Whether this process may read it again; what is no file, a pipe perhaps, is not meant to be.
  var isReadable: Bool {
    var info = stat()
    let isFile = stat(path, &info) != 0 || info.st_mode & S_IFMT == S_IFREG
    return !isFile || access(path, R_OK) == 0
  }

  /// For commands that use a configuration if there is one: an empty one where there is none to be had and the
  /// user did not name one.
  func optional() throws -> WatchConfig { try parse(optionalBytes()) }

  /// `database`, for commands that need nothing else of the configuration and have not been told by `--database`.
  ///
  /// - Parameter needsAll: whether without a daemon the command needs the rest of the configuration as well.
  /// - Throws: status 78 or 77 where it cannot be said which database is meant.
  func database(needsAll: Bool = false, say: (String) -> Void = Output.say) throws -> String? {
    do {
      let bytes = try optionalBytes()
      let setting = try correct(say) { () throws(ConfigProblems) in try DatabaseSetting(in: bytes, path: path) }
      if setting.isBrokenElsewhere {
        say(
          "watcher: warning: the configuration is broken (\(path.safe())): only \"database\" of it is used here; "
            + "'watcher config check' says what is wrong")
      }
      return setting.path
    } catch let error as CommandError {
      let whose = needsAll ? "the database of a daemon" : "the database"
      throw CommandError(error.status, error.message + ", or name \(whose) with --database")
    }
  }

  private func optionalBytes() throws -> [UInt8] {
    switch Self.read(path) {
    case .success(let bytes): return bytes
    case .failure(let failure):
      guard !isNamed else { throw unreadable(failure) }
      if failure.code != ENOENT {
        Output.warning(
          "cannot read \(path) (\(failure)): going on without it; \(FileAccess.remedy(path, isWriting: false))")
      }
      return Array("{}".utf8)
    }
  }

  /// What `bytes` are as this file.
  func parse(_ bytes: [UInt8], _ say: (String) -> Void = Output.say) throws -> WatchConfig {
    try correct(say) { () throws(ConfigProblems) in try WatchConfig.parse(bytes, path: path) }
  }

  private func correct<T>(_ say: (String) -> Void, _ read: () throws(ConfigProblems) -> T) throws -> T {
    do {
      return try read()
    } catch {
      for text in error.texts { say(text) }
      throw CommandError(
        .configuration,
        "the configuration has \(Words.count(error.count, "problem")) (\(path.safe())): correct what is listed above")
    }
  }

  private func unreadable(_ failure: SystemError) -> CommandError {
    if failure.code == ETIMEDOUT {
      return CommandError(
        .configuration,
        "nothing came from the configuration within \(Self.patienceSeconds) s (\(path.safe())): "
          + "it is a pipe, see what writes to it or name a file")
    }
    let isForbidden = failure.code == EACCES || failure.code == EPERM
    return CommandError(
      isForbidden ? .permission : .configuration,
      "cannot read the configuration (\(path.safe()): \(failure)): "
        + (isForbidden ? FileAccess.remedy(path, isWriting: false) : "name a file that is there"))
  }

  /// What pipes have given, which they give once: a command may need the file more than once.
  private static let piped = Mutex<[String: [UInt8]]>([:])

  private static func read(_ path: String, isAnew: Bool = false) -> Result<[UInt8], SystemError> {
    if !isAnew, let known = piped.withLock({ $0[path] }) { return .success(known) }
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return .failure(SystemError(code: errno)) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    // Room for all of it at once, or a large file would take half as much again while it is read.
    var info = stat()
    if fstat(descriptor, &info) == 0 { bytes.reserveCapacity(min(sizeLimit, Int(info.st_size) + 1)) }
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while bytes.count < sizeLimit {
      // A pipe may have no writer, now or ever.
      var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      if poll(&state, 1, patienceSeconds * 1_000) == 0 { return .failure(SystemError(code: ETIMEDOUT)) }
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count == 0 { break }
      if count > 0 {
        bytes += chunk[..<count]
      } else if errno != EINTR {
        return .failure(SystemError(code: errno))
      }
    }
    if info.st_mode & S_IFMT == S_IFIFO { piped.withLock { $0[path] = bytes } }
    return .success(bytes)
  }
}
