import ImageModel
import StrictJSON
import Transport

extension CheckFailure {
  /// A transfer that gave no answer. Its error says what, where and what to do.
  ///
  /// - Parameters:
  ///   - asked: what was asked for, `docker.io/library/a:b`.
  ///   - isTokenServer: whether the host was named by a registry.
  init(_ error: TransportError, asked: String, isTokenServer: Bool = false) {
    let code: Code =
      switch error.code {
      case .dns: .dns
      case .connect: .connect
      case .tls: .tls
      case .timeout, .stalled: .timeout
      case .network, .cancelled: .network
      case .bodyTooLarge, .headersTooLarge: .tooLarge
      case .redirectRefused, .tooManyRedirects: .redirectRefused
      case .addressRefused, .plainHTTPRefused:
        error.redirected ? .redirectRefused : isTokenServer ? .realmRefused : .connect
      case .badURL, .badHeader: .badRequest
      case .protocolError, .unsupported: .badResponse
      }
    self.init(code, "\(asked): \(error.message)")
  }

  /// A document that cannot be read as JSON.
  init(_ error: JSONError, in name: String) {
    let isLimit = [.tooLarge, .tooDeep, .tooManyValues].contains(error.code)
    self.init(
      isLimit ? .tooLarge : .badDocument,
      "\(name) is not sound JSON: \(error.message.safe(limit: 200)) (byte \(error.offset)); it has to be pushed again")
  }
}
