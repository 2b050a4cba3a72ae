import Transport

/// What an answer to `HEAD` tells, which has no body. Source: containerd `resolver.go`; the places named.
enum HeadVerdict: Hashable, Sendable {
  /// The tag points there, says the registry.
  case digest(String)
  /// Works, and names no digest: ECR, Red Hat, static hosts (distribution#3792, containerd#3238).
  case noDigest
  /// Not implemented, as it seems; if GET works, HEAD is not tried again for a day.
  case unusable
  /// An error whose reason only the body of a GET tells.
  case askByGet
  /// An error that says enough.
  case failed

  init(status: Int, digest: String?) {
    switch status {
    case 200: self = digest.map { .digest($0) } ?? .noDigest
    case 400, 405, 500, 501: self = .unusable
    // 403 may also come from a URL that a redirect led to and that was signed for GET (moby#50065).
    // 406 and 415 may be said of the types that are asked for.
    case 403, 404, 406, 410, 415: self = .askByGet
    default: self = .failed
    }
  }

  /// Whether an answer says no more than that the tag stands where it stood: what most polls come to, and all that is
  /// looked at of them. One that speaks of a limit on pulls says more.
  ///
  /// - Parameter digest: what HEAD named the last time, as text.
  static func isUnchanged(status: Int, _ headers: HTTPHeaders, digest: UnsafeRawBufferPointer) -> Bool {
    status == 200 && headers.isFirst("Docker-Content-Digest", digest)
      && !headers.contains("RateLimit-Limit") && !headers.contains("RateLimit-Remaining")
  }
}
