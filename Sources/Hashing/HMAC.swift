import COpenSSL

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
