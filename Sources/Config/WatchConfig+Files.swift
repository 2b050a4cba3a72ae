import ImageModel

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension WatchConfig {
  /// The files named by `…_file` keys that this process cannot read, sorted by position. Their content is not
  /// looked at. Where a credential is, the service manager tells the service alone: for others it is a warning.
  ///
  /// - Parameter environment: for `CREDENTIALS_DIRECTORY`.
  package func unreadableFiles(environment: [String: String]) -> [ConfigProblem] {
    namedFiles.compactMap { file, problem in
      guard let path = file.resolve(environment: environment) else {
        return problem.explained(
          .warning, "\(problem.message) cannot be looked for: CREDENTIALS_DIRECTORY is not set",
          hint: SecretFile.directoryHint)
      }
      return reason(path).map {
        problem.explained(.error, "\(problem.message): \(quoted(path)) cannot be read: \($0)", hint: nil)
      }
    }
  }

  /// Why a file cannot be read, `nil` if it can.
  private func reason(_ path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK) == 0 else { return String(cString: strerror(errno)) }
    return status.st_mode & S_IFMT == S_IFDIR ? "it is a directory" : nil
  }
}

extension ConfigProblem {
  fileprivate func explained(_ severity: Severity, _ message: String, hint: String?) -> ConfigProblem {
    ConfigProblem(
      severity: severity, path: path, line: line, column: column, message: message, hint: hint, sourceLine: sourceLine,
      caret: caret)
  }
}
