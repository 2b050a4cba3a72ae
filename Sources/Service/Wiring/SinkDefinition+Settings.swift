package import Config
import Hashing
import History
import ImageModel
import Messages
import Schedule

extension SinkSettings {
  var definition: SinkDefinition {
    SinkDefinition(
      name: name, type: kind.typeName, fingerprint: kind.fingerprint, formerFingerprint: kind.formerFingerprint)
  }
}

extension SinkSettings.Kind {
  package var typeName: String {
    switch self {
    case .stdout: "stdout"
    case .file: "file"
    case .webhook: "webhook"
    case .email: "email"
    }
  }

  /// Stands for the definition without its secrets: a sink that was given up is tried again when this changes.
  var fingerprint: String {
    switch self {
    case .stdout: "stdout"
    case .file(let path): path
    case .webhook(let settings): Hash.digest(.sha256, of: Array(settings.definition.utf8)).description
    case .email(let settings): Hash.digest(.sha256, of: Array(settings.definition.utf8)).description
    }
  }

  /// What earlier versions wrote; `nil` where it is the same.
  fileprivate var formerFingerprint: String? {
    if case .webhook(let settings) = self { String(SpreadHash.hash(settings.definition), radix: 16) } else { nil }
  }
}

extension WebhookSettings {
  /// All that decides where a request goes and how it is taken there; not how often and how many.
  fileprivate var definition: String {
    var parts = [url ?? "", contentType ?? "", network.rawValue, "\(allowHTTP)"]
    parts += headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    parts += headerFiles.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.definition)" }
    parts += [secretFile, secretPreviousFile].map { $0?.definition ?? "" }
    // What older versions did not know is left out where it is not said.
    parts += [urlFile, tokenFile].compactMap { $0?.definition }
    switch content {
    case .document: break
    case .format(let format, let parameters):
      parts += [format.name] + parameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
    case .body(let template): parts.append(String(decoding: template.json.bytes, as: UTF8.self))
    }
    if method != .post { parts.append(method.rawValue) }
    return parts.joined(separator: "\n")
  }
}

extension EmailSettings {
  /// All that decides where a mail goes and how it is taken there.
  fileprivate var definition: String {
    let files = [passwordFile, caFile].map { $0?.definition ?? "" }
    return ([server, from, subject?.written ?? "", username ?? "", "\(allowHTTP)"] + files + to)
      .joined(separator: "\n")
  }
}

extension SecretFile {
  fileprivate var definition: String {
    switch self {
    case .path(let path): "path \(path)"
    case .credential(let id): "credential \(id)"
    }
  }
}
