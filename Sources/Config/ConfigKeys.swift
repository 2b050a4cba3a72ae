/// Every key of the configuration. Source: docs/configuration.md.
enum ConfigKeys {
  /// A remark, in any object that is not data; and an editor's schema, at the top.
  static let remark = "//"
  static let schema = "$schema"
  static let database = "database"
  static let root = [database, "defaults", "watch", "registries", "sinks", "http", "log", "retention"]

  static func isAtRoot(_ key: String) -> Bool { root.contains(key) || key == remark || key == schema }

  static let defaults = ["interval", "platforms", "platform_match", "sinks", "unreachable_after"]
  static let watched = ["interval", "platforms", "sinks", "labels"]
  static let image = ["image"] + watched
  static let repository = ["repository"] + watched + patterns
  static let patterns = ["include_tags", "exclude_tags", "max_tags"]
  static let registry = [
    "scheme", "username", "password_file", "token_file", "credential_helper", "ca_file", "client_cert_file",
    "client_key_file", "insecure_skip_verify", "requests_per_second", "max_concurrency", "trusted_realms",
    "allow_plain_credentials",
  ]
  static let sink = ["type", "events", "group"]
  static let file = ["path"]
  static let webhook = [
    "url", "secret_file", "secret_previous_file", "headers", "header_files", "content_type", "timeout", "allow_http",
    "network", "max_in_flight", "retry_schedule", "ca_file",
  ]
  static let http = ["listen"]
  static let log = ["level", "format"]
  static let retention = ["history", "deliveries"]
}
