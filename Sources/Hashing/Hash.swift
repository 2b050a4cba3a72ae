import COpenSSL
package import ImageModel

/// Digests of raw bytes, as they came from a registry: nothing is decoded or encoded on the way.
package enum Hash {
  /// The digest of `bytes`.
  package static func digest(_ algorithm: Digest.Algorithm, of bytes: [UInt8]) -> Digest {
    var hash = [UInt8](repeating: 0, count: algorithm.hexLength / 2)
    let done = EVP_Digest(bytes, bytes.count, &hash, nil, algorithm.messageDigest, nil)
    // Fails only when memory is out or libcrypto has lost its SHA-2 (a broken OPENSSL_CONF): without it
    // nothing a registry sends can be verified, and a wrong digest would be recorded as a change.
    precondition(done == 1, "libcrypto cannot compute \(algorithm)")
    return Digest(algorithm, bytes: hash)
  }

  /// Whether `digest` is the digest of `bytes`, by the algorithm that it names.
  package static func matches(_ bytes: [UInt8], _ digest: Digest) -> Bool {
    Self.digest(digest.algorithm, of: bytes) == digest
  }
}

extension Digest.Algorithm {
  fileprivate var messageDigest: OpaquePointer? {
    switch self {
    case .sha256: EVP_sha256()
    case .sha384: EVP_sha384()
    case .sha512: EVP_sha512()
    }
  }
}

extension Hash {
  /// HMAC-SHA256 (RFC 2104): 32 bytes.
  package static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    let done = HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &code, nil)
    // As for digests: without its SHA-2 libcrypto cannot do anything that is asked of it here.
    precondition(done != nil, "libcrypto cannot compute HMAC-SHA256")
    return code
  }
}

extension Hash {
  /// Whether both are the same, in a time that says neither what the secret is nor how long.
  package static func isSame(_ bytes: [UInt8], as secret: [UInt8]) -> Bool {
    CRYPTO_memcmp(hmacSHA256(key: secret, bytes), hmacSHA256(key: secret, secret), 32) == 0
  }
}
