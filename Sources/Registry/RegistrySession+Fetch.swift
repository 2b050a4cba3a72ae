import Hashing
import ImageModel
import Transport

extension RegistrySession {
  /// The document that a descriptor names, verified by size and digest.
  func fetch(_ descriptor: Descriptor) async throws(CheckFailure) -> [UInt8] {
    var request = descriptor.isManifest ? host.manifestRequest : host.blobRequest
    guard descriptor.size <= request.bodyLimit else {
      throw CheckFailure(
        .tooLarge, "\(descriptor.name) is said to have \(descriptor.size) bytes, more than \(request.bodyLimit)",
        remedy: "it has to be pushed smaller")
    }
    request.url = "\(host.prefix)\(path)/\(descriptor.isManifest ? "manifests" : "blobs")/\(descriptor.digest)"
    let reply = try await send(request)
    guard reply.response.status == 200 else { throw failure(reply, .part(descriptor.name)) }
    let bytes = reply.response.body
    guard Hash.matches(bytes, descriptor.digest) else {
      throw CheckFailure(
        .digestMismatch, "the \(bytes.count) bytes sent for \(descriptor.name) have another digest",
        remedy: CheckFailure.maybeTampering)
    }
    guard bytes.count == descriptor.size else {
      throw CheckFailure(
        badDocument: "\(descriptor.name) has \(bytes.count) bytes and is said to have \(descriptor.size)")
    }
    return bytes
  }

  /// What an answer means that is not the document asked for.
  func failure(_ reply: Reply, _ subject: Answer.Subject = .tag) -> CheckFailure {
    let response = reply.response
    var secrets: [String] = []
    if let authorization = reply.authorization {
      secrets.append(authorization.value)
      if case .configured(let credentials) = authorization { secrets.append(credentials.secret) }
    }
    return Answer(
      status: response.status, subject: subject, body: ErrorBody(response.body, hiding: secrets),
      retryAfterSeconds: response.retryAfterSeconds(clock),
      login: reply.authorization?.usesCredentials == true ? .refused : host.credentials == nil ? .none : .notAskedFor
    ).failure(host: host.name)
  }
}
