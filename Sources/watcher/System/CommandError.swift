import Config
import History
import ImageModel
import Imports
import Questions
import Service

/// `ArgumentParser` has a type of the same name.
typealias CommandStatus = ImageModel.ExitCode

/// Why a command ends without having done what was asked.
struct CommandError: Error, Hashable, CustomStringConvertible {
  let status: CommandStatus
  /// One line: `<what> (<where>): <what to do>`.
  let message: String

  var description: String { message }

  init(_ status: CommandStatus, _ message: String) {
    self.status = status
    self.message = message
  }

  /// Below what it is that is wrong.
  init(_ refusal: ConfigRefusal) {
    let sink = (refusal.cause as? SinkError)?.sink
    let what = sink.map { "the sink \($0.safe()) cannot be used" } ?? "the configuration asks for what cannot be had"
    self.init(
      (refusal.cause as? ListenError)?.status ?? (refusal.cause as? SinkError)?.status ?? .configuration,
      "\(what) (\(refusal.problems.first?.path.safe() ?? "")): correct what is listed above")
  }

  init(_ error: QuestionError) {
    self.init(error.status, error.message)
  }

  init(_ error: StoreError) {
    self.init(error.exitCode, error.message)
  }

  init(_ error: ImportError) {
    let line = error.line.map { ":\($0)" } ?? ""
    self.init(.usage, "\(error.what) (\(error.file.safe())\(line)): \(error.remedy)")
  }

  /// - Parameter reference: what the registry was asked for.
  init(_ failure: CheckFailure, about reference: ImageReference) {
    let remedy = failure.remedy.map { ": \($0)" } ?? ""
    self.init(failure.code.exitStatus, "\(failure.what) (\(reference.description.shown))\(remedy)")
  }
}

extension CheckFailure.Code {
  /// What `resolve` exits with. Source: docs/service.md, Exit status.
  var exitStatus: CommandStatus {
    switch self {
    case .tagMissing, .repositoryMissing: .notFound
    case .unauthorizedOrMissing, .denied, .badCredentials, .credentialsUnreadable, .authUnsupported, .realmRefused:
      .permission
    case .dns, .connect, .tls, .timeout, .network, .tooLarge, .addressRefused, .redirectRefused, .rateLimited,
      .pullLimited,
      .server, .badRequest,
      // A 404 that no registry has made says nothing about the image.
      .notFound,
      .badResponse, .badDocument, .digestMismatch, .unsupportedDocument:
      .unavailable
    }
  }
}
