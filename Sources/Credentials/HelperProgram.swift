import Glibc
import Subprocess
import SystemPackage

/// A program that keeps log-ins, `docker-credential-<name>`, as it is asked for one.
/// Source: docker/docker-credential-helpers `README.md`.
struct HelperProgram: Hashable, Sendable {
  static let outputLimit = 64 * 1024
  static let patience = Duration.seconds(10)

  let path: String
  let environment: [String: String]
  var patience = Self.patience

  /// Looks in the absolute directories of `PATH` alone: where a service is started from says nothing of who may write
  /// there.
  ///
  /// - Returns: `nil` where there is no such program.
  init?(named name: String, environment: [String: String]) {
    let directories = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let path = directories.map { "\($0)/docker-credential-\(name)" }.first(where: Self.isProgram)
    guard let path else { return nil }
    self.path = path
    self.environment = environment.filter { Self.isPassedOn($0.key) }
  }

  /// What helpers need to find their own: none of it is a secret of this program.
  private static func isPassedOn(_ variable: String) -> Bool {
    let names = [
      "PATH", "HOME", "USER", "LOGNAME", "LANG", "TMPDIR", "TZ", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME",
      "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME", "PASSWORD_STORE_DIR", "GPG_TTY", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
      "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "SSL_CERT_DIR",
    ]
    let prefixes = ["AWS_", "AZURE_", "GOOGLE_", "CLOUDSDK_", "ECR_", "LC_"]
    return names.contains(variable) || prefixes.contains(where: variable.hasPrefix)
  }

  private static func isProgram(_ path: String) -> Bool {
    var info = stat()
    return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// Asks for the log-in of a server. One that has not answered in time ends with its whole process group.
  func get(_ server: String) async -> HelperReply {
    await withTaskGroup(of: HelperReply?.self) { group in
      group.addTask { await ask(server) }
      group.addTask {
        try? await Task.sleep(for: patience)
        return nil
      }
      let first = await group.next().flatMap(\.self)
      group.cancelAll()
      return first ?? .failed("it has not answered within \(patience.components.seconds) s")
    }
  }

  private func ask(_ server: String) async -> HelperReply {
    var options = PlatformOptions()
    options.createSession = true
    options.teardownSequence = [.send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .zero)]
    do {
      let input = try Self.pipe(holding: server)
      defer { try? input.close() }
      let result = try await run(
        .path(FilePath(path)), arguments: ["get"], environment: .custom(Self.variables(environment)),
        workingDirectory: "/", platformOptions: options,
        input: .fileDescriptor(input, closeAfterSpawningProcess: false), output: .string(limit: Self.outputLimit),
        error: .discarded)
      switch result.terminationStatus {
      case .exited(let status): return HelperReply(status: status, output: result.standardOutput)
      case .signaled(let signal): return .failed("it was ended by signal \(signal)")
      }
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      return .failed("it wrote more than \(Self.outputLimit) bytes")
    } catch {
      let reason = (error as? SubprocessError)?.underlyingError.map { "\($0)" } ?? "\(error)"
      return .failed("it cannot be run (\(reason))")
    }
  }

  /// The whole question, before the program starts: one that reads none of it ends nothing but itself.
  private static func pipe(holding text: String) throws -> FileDescriptor {
    let (input, output) = try FileDescriptor.pipe()
    for end in [input, output] { _ = fcntl(end.rawValue, F_SETFD, FD_CLOEXEC) }
    try output.closeAfter { _ = try output.writeAll(text.utf8) }
    return input
  }

  private static func variables(_ environment: [String: String]) -> [Environment.Key: String] {
    Dictionary(uniqueKeysWithValues: environment.map { (Environment.Key(stringLiteral: $0.key), $0.value) })
  }
}
