import CCurl

/// One of libcurl's easy handles, and its options as Swift has them.
protocol CurlHandle: AnyObject {
  var pointer: UnsafeMutableRawPointer { get }
}

enum CurlOptionFailure: Error {
  /// The header of that name must not be sent.
  case header(String)
  /// libcurl's words.
  case option(String)
}

extension CurlHandle {
  func set(_ next: TLSMaterial) throws(CurlOptionFailure) {
    try set(CURLOPT_SSL_VERIFYPEER, next.skipsVerification ? 0 : 1)
    try set(CURLOPT_SSL_VERIFYHOST, next.skipsVerification ? 0 : 2)
    try set(CURLOPT_SSLCERT, next.certificate?.path)
    try set(CURLOPT_SSLKEY, next.key?.path)
    try set(CURLOPT_CAINFO, next.trust?.path ?? TLSStore.systemFile)
  }

  func set(_ option: CURLoption, _ value: Int) throws(CurlOptionFailure) {
    try check(ccurl_set_long(pointer, option, value), option)
  }

  func set(_ option: CURLoption, _ value: String?) throws(CurlOptionFailure) {
    guard let value else { return try set(option, pointer: nil) }
    try check(value.withCString { ccurl_set_pointer(pointer, option, $0) }, option)
  }

  func set(_ option: CURLoption, pointer value: UnsafeRawPointer?) throws(CurlOptionFailure) {
    try check(ccurl_set_pointer(pointer, option, value), option)
  }

  func check(_ code: CURLcode, _ option: CURLoption) throws(CurlOptionFailure) {
    guard code != CURLE_OK else { return }
    throw .option("libcurl refuses option \(option.rawValue): \(String(cString: curl_easy_strerror(code)))")
  }
}
