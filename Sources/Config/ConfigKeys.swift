import ImageModel

/// Every key of the configuration, by the objects that it is in. Names, ranges and words stand here alone: the reader
/// takes them from here, and `ConfigSchema` makes a schema of them. Source: docs/configuration.md.
enum ConfigKeys {
  /// A remark, in any object that is not data; and an editor's schema, at the top.
  static let remark = "//"
  static let schema = "$schema"
  static let database = "database"

  static let root = ConfigObject(
    [
      ConfigKey(database, .path, "Where the history is kept"),
      ConfigKey("defaults", .object(defaults), "What applies to tags whose entry says nothing"),
      ConfigKey(
        "watch", .list(of: .oneOf([.text, .object(image), .object(repository)]), 0...Limits.watchedTags),
        "What is watched"),
      ConfigKey(
        "docker_config_file", .oneOf([.file, .no]),
        "Docker's config.json with log-ins, in the place of those found by themselves; false: none"),
      ConfigKey("registries", .named(.object(registry)), "Settings of registries, by host or host:port"),
      ConfigKey(
        "sinks", .named(.oneOf(SinkType.allCases.map { .object($0.keys) }), form: SinkType.names),
        "Where events go, by name"),
      ConfigKey("proxy", .object(proxy), "The proxy for registries and webhooks, in place of the environment's"),
      ConfigKey("http", .object(http), "Pages, metrics and health for others to read"),
      ConfigKey("log", .object(log), "What is logged to standard error"),
      ConfigKey("retention", .object(retention), "How long things are kept"),
    ], remarks: [remark, schema])

  static func isAtRoot(_ key: String) -> Bool { root.names.contains(key) || root.remarks.contains(key) }

  private static let interval = ConfigKey("interval", .duration(Limits.intervalSeconds), "How often a tag is polled")
  private static let platforms = ConfigKey(
    "platforms", .list(of: .text, 1...Int.max),
    #"What is watched of an index: linux/amd64, linux/arm/v7; ["*"] is every platform"#)
  private static let match = ConfigKey(
    "platform_match", .choice(WatchDefaults.PlatformMatch.allCases),
    "Whether a platform has to be listed as it is named, or what an engine on it would run stands in for it")
  private static let sinks = ConfigKey("sinks", .list(of: .text), "Names of the sinks that are sent the events")

  static let defaults = ConfigObject([
    interval, platforms, match, sinks,
    ConfigKey(
      "unreachable_after", .duration(Limits.intervalSeconds),
      "After how long without a successful check a tag is announced as unreachable"),
  ])

  private static let watched = [
    interval, platforms, match, sinks, ConfigKey("labels", .data(of: .string, 32), "Stands in each event of the tag"),
  ]
  private static let tag = ConfigKey("image", .text, "The tag to watch: ghcr.io/example/app:stable")

  static let image = ConfigObject([tag] + watched, required: [tag.name])

  private static let whole = ConfigKey(
    "repository", .text, "The repository whose tags are watched: ghcr.io/example/app")

  static let repository = ConfigObject(
    [whole] + watched + [
      ConfigKey(
        "include_tags", .list(of: .text, 0...20),
        "Regular expressions, one of which fits somewhere in a tag that is watched; none: every tag"),
      ConfigKey(
        "exclude_tags", .list(of: .text, 0...20), "Regular expressions none of which fits in a tag that is watched"),
      ConfigKey("max_tags", .integer(1...1_000), "How many are watched at most: the newest versions, then others"),
    ], required: [whole.name])

  static let registry = ConfigObject(
    [
      ConfigKey("scheme", .choice(RegistrySettings.Scheme.allCases), "How the registry is spoken to"),
      ConfigKey(
        "endpoint", .form("^[Hh][Tt][Tt][Pp][Ss]?://[^@?#]+$"),
        "What is asked in the registry's place: a cache or proxy of registries, with its path"),
      ConfigKey("username", .form("^[^:]+$"), "Who signs in, with password_file"),
      ConfigKey("password_file", .file, "The password, or a token in its place"),
      ConfigKey("token_file", .file, "A bearer token, instead of username and password_file"),
      ConfigKey("credential_helper", .text, "What follows docker-credential- in a program's name"),
      ConfigKey("ca_file", .file, "PEM certificates of authorities to trust beside the system's"),
      ConfigKey("client_cert_file", .file, "PEM certificate to show to the registry"),
      ConfigKey("client_key_file", .file, "Its key, unless that is in client_cert_file"),
      ConfigKey("insecure_skip_verify", .boolean, "Whether any certificate is taken"),
      ConfigKey("requests_per_second", .rate(0...100_000), "How many requests a second"),
      ConfigKey("pull_reserve", .integer(0...100), "How much of a limit on pulls is kept for changes, in percent"),
      ConfigKey("max_concurrency", .integer(1...256), "How many requests at a time"),
      ConfigKey("trusted_realms", .list(of: .text), "Hosts that credentials may also be sent to, for a token"),
      ConfigKey("allow_plain_credentials", .boolean, "Whether credentials may go over plain HTTP beyond loopback"),
    ],
    needs: [("username", "password_file"), ("password_file", "username"), ("client_key_file", "client_cert_file")],
    exclusive: ["username", "token_file", "credential_helper"])

  static let credential = ConfigObject(
    [ConfigKey("credential", .text, "The file of this name in $CREDENTIALS_DIRECTORY")], required: ["credential"])

  static let proxy = ConfigObject(
    [
      ConfigKey("url", .form("^[A-Za-z0-9]+://[^@/]+:[0-9]+/?$"), "http://proxy.example:3128, or https, socks5h …"),
      ConfigKey("username", .form("^[^:]+$"), "Who signs in to it, with password_file"),
      ConfigKey("password_file", .file, "The password"),
      ConfigKey("no_proxy", .list(of: .text), "Hosts, domains and address blocks that are gone to without it"),
    ], required: ["url"], needs: [("username", "password_file"), ("password_file", "username")])

  static let http = ConfigObject(
    [
      ConfigKey("listen", .form(":[0-9]+$"), "address:port that serves /metrics, /-/healthy and /-/ready to everybody"),
      ConfigKey("pages", .boolean, "Whether pages for people and the API are served there as well"),
      ConfigKey("password_file", .file, "The password of pages and API; beyond loopback there has to be one"),
      ConfigKey(
        "public_url", .form("^[Hh][Tt][Tt][Pp][Ss]?://[^/@?#]+/?$"),
        "Where people find the pages, https://watcher.example: messages lead there"),
      ConfigKey(
        "hosts", .list(of: .text),
        "Other names under which pages and API are found, beside the address and that of public_url"),
      ConfigKey("hints", .object(hints), "Takes hints that something was pushed: POST /hints/<source>"),
    ], needs: ["pages", "password_file", "public_url", "hosts", "hints"].map { ($0, "listen") })

  static let hints = ConfigObject(
    [ConfigKey("secret_file", .file, "What whoever sends a hint has to know")], required: ["secret_file"])

  static let log = ConfigObject([
    ConfigKey("level", .choice(LogSettings.Level.allCases), "The least that is logged"),
    ConfigKey("format", .choice(LogSettings.Format.allCases), "How a line is written"),
  ])

  /// The longest time, where the document names none.
  private static let longest = 36_500 * 86_400

  static let retention = ConfigObject([
    // What a tag did in the last hour decides what is announced, and must not be forgotten before.
    ConfigKey(
      "history", .period(86_400...longest), "How long states of a tag are kept after they ended, with their events"),
    ConfigKey("deliveries", .period(1...longest), "How long deliveries that arrived are kept"),
  ])
}
