import Config
import Delivery
import Messages
import Transport

extension WebhookSettings {
  func target(of sink: String, _ environment: [String: String]) throws(SinkError) -> WebhookTarget {
    func path(_ setting: String, _ file: SecretFile) throws(SinkError) -> String {
      try file.path(for: setting, of: sink, environment)
    }
    var address = WebhookTarget.Address.url(url ?? "")
    if let urlFile {
      address = .file(try path("url_file", urlFile)) { [self] text in mistake(inURL: text) }
    }
    var target = WebhookTarget(
      address, timeoutSeconds: timeoutSeconds, allowHTTP: allowHTTP,
      addresses: network == .public ? .publicOnly : .denyLinkLocal, maxInFlight: maxInFlight)
    if let secretFile { target.secretFiles.append(try path("secret_file", secretFile)) }
    if let secretPreviousFile { target.secretFiles.append(try path("secret_previous_file", secretPreviousFile)) }
    target.caFile = try caFile.map { file throws(SinkError) in try path("ca_file", file) }
    target.clientCertFile = try clientCertFile.map { file throws(SinkError) in try path("client_cert_file", file) }
    target.clientKeyFile = try clientKeyFile.map { file throws(SinkError) in try path("client_key_file", file) }
    target.tokenFile = try tokenFile.map { file throws(SinkError) in try path("token_file", file) }
    (target.content, target.method, target.publicURL) = (content, method, publicURL)
    target.headers = headers
    for (name, file) in headerFiles { target.headerFiles[name] = try path(name, file) }
    target.contentType = contentType
    if let retryScheduleSeconds { target.schedule = RetrySchedule(seconds: retryScheduleSeconds) }
    return target
  }
}

extension EmailSettings {
  func target(of sink: String, _ environment: [String: String]) throws(SinkError) -> MailTarget {
    func path(_ setting: String, _ file: SecretFile?) throws(SinkError) -> String? {
      try file.map { file throws(SinkError) in try file.path(for: setting, of: sink, environment) }
    }
    var target = MailTarget(
      server: server, form: MailForm(from: from, to: to, subject: subject, publicURL: publicURL),
      timeoutSeconds: timeoutSeconds)
    target.username = username
    target.passwordFile = try path("password_file", passwordFile)
    target.caFile = try path("ca_file", caFile)
    target.needsTLS = needsTLS
    if let retryScheduleSeconds { target.schedule = RetrySchedule(seconds: retryScheduleSeconds) }
    return target
  }
}

extension SecretFile {
  fileprivate func path(
    for setting: String, of sink: String, _ environment: [String: String]
  ) throws(SinkError) -> String {
    do {
      return try path(environment).get()
    } catch {
      throw SinkError(
        sink: sink, setting: setting, reason: error.reason, hint: SecretFile.directoryHint, isUnseen: true)
    }
  }
}
