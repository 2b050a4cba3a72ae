import Hashing
import ImageModel
import Transport

extension RegistrySession {
  /// The document that a descriptor names, verified by size and digest.
  func fetch(_ descriptor: Descriptor, name: String) async throws(CheckFailure) -> [UInt8] {
    let isManifest = descriptor.mediaType.isWatchable
    var request = isManifest ? host.manifestRequest : host.blobRequest
    guard descriptor.size <= request.bodyLimit else {
      throw CheckFailure(.tooLarge, "\(name) is said to have \(descriptor.size) bytes, more than \(request.bodyLimit)")
    }
    request.url = "\(host.prefix)\(path)/\(isManifest ? "manifests" : "blobs")/\(descriptor.digest)"
    let reply = try await send(request, asked: name)
    guard reply.response.status == 200 else { throw failure(reply, subject: .part, asked: name) }
    let bytes = reply.response.body
    guard Hash.matches(bytes, descriptor.digest) else {
      throw CheckFailure(
        .digestMismatch,
        "\(name): the \(bytes.count) bytes sent have another digest; a broken mirror, or tampering; not recorded")
    }
    guard bytes.count == descriptor.size else {
      throw CheckFailure(
        .badDocument, "\(name) has \(bytes.count) bytes and is said to have \(descriptor.size); push it again")
    }
    return bytes
  }

  /// What an answer means that is not the document asked for.
  func failure(_ reply: Reply, subject: Answer.Subject = .reference, asked: String) -> CheckFailure {
    let response = reply.response
    var secrets: [String] = []
    if let authorization = reply.authorization {
      secrets.append(authorization.value)
      if case .configured(let credentials) = authorization { secrets.append(credentials.secret) }
    }
    return Answer(
      status: response.status, subject: subject, body: ErrorBody(response.body, hiding: secrets),
      retryAfterSeconds: response.retryAfterSeconds(clock),
      usedCredentials: reply.authorization?.usesCredentials ?? false
    ).failure(asked: asked, host: host.name)
  }
}
