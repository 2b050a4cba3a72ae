import ImageModel

extension MessageFormat {
  /// A `repository_dispatch` event, whose payload a workflow reads.
  static let github = MessageFormat(
    name: "github", service: "GitHub (repository_dispatch)",
    source: "docs.github.com/rest, Create a repository dispatch event; Rate limits for the REST API",
    setup: "Create a fine-grained token with write access to the repository's contents; it goes into `token_file`",
    url: .usually("https://api.github.com"), token: "with write access to the contents",
    parameters: [
      Parameter(name: "repository", form: .text(upTo: 140), meaning: "`owner/name`", shape: .repository),
      Parameter(
        name: "event_type", form: .text(upTo: 100), usually: "image-changed",
        meaning: "what `on.repository_dispatch.types` has"),
    ],
    paces: [Pace(requests: 80, seconds: 60), Pace(requests: 500, seconds: 3_600)], startsJobs: true,
    bodyBytes: 64 * 1_024,
    render: { message, setting in
      let repository = setting["repository"].split(separator: "/").map { String($0).percentEncoded() }
      return MessageRequest(
        setting.path("/repos/\(repository.joined(separator: "/"))/dispatches"),
        headers: [
          "Accept": "application/vnd.github+json", "Authorization": "Bearer \(setting.token)",
          "X-GitHub-Api-Version": "2022-11-28",
        ],
        json: .members([
          "event_type": .string(setting["event_type"]), "client_payload": .object(payload(message)),
        ]))
    },
    // Its secondary limits: no less than a minute where it says no time.
    tooMany: Refusal(status: 403, words: "rate limit", seconds: 60))

  /// A pipeline with variables, `WATCHER_IMAGE` and so on.
  static let gitlab = MessageFormat(
    name: "gitlab", service: "GitLab (pipeline trigger)",
    source: "docs.gitlab.com/ci/triggers; docs.gitlab.com/security/rate_limits",
    setup: "Create a pipeline trigger token in the project's settings; it goes into `token_file`",
    url: .usually("https://gitlab.com"), token: "of the trigger",
    parameters: [
      Parameter(name: "project", form: .text(upTo: 255), meaning: "its number, or `group/name`"),
      Parameter(name: "ref", form: .text(upTo: 255), meaning: "the branch or tag to run"),
    ],
    paces: [Pace(requests: 25, seconds: 60)], startsJobs: true, bodyBytes: 32 * 1_024,
    render: { message, setting in
      let variables = facts.map { fact in
        JSONOutput.Member(
          "WATCHER_" + fact.rawValue.uppercased(), .string(message.short(fact, bytes: 1_024)))
      }
      return MessageRequest(
        setting.path("/api/v4/projects/\(setting["project"].percentEncoded())/trigger/pipeline"),
        json: .members([
          "token": .string(setting.token), "ref": .string(setting["ref"]), "variables": .object(variables),
        ]))
    },
    // lib/gitlab/ci/pipeline/chain/limit/rate_limit.rb: "Too many pipelines created in the last minute."
    tooMany: Refusal(status: 400, words: "too many pipelines", seconds: 60))

  /// What the Generic Webhook Trigger reads with JSONPath.
  static let jenkins = MessageFormat(
    name: "jenkins", service: "Jenkins (Generic Webhook Trigger)", source: "plugins.jenkins.io/generic-webhook-trigger",
    setup:
      "Give the job's trigger a token, for `token_file`; `url` ends with `/generic-webhook-trigger/invoke`",
    pathMistake: {
      $0.hasSuffix("/generic-webhook-trigger/invoke") ? nil : "it does not end with /generic-webhook-trigger/invoke"
    }, token: "of the trigger", startsJobs: true, bodyBytes: 64 * 1_024
  ) { message, setting in
    MessageRequest(setting.url, headers: ["token": setting.token], json: .object(payload(message)))
  }

  /// Ten top-level keys at most, which GitHub wants.
  private static let facts: [MessageFact.Name] = [
    .summary, .type, .image, .digest, .pull, .changeClass, .platforms, .oldDigest, .id, .time,
  ]

  /// Facts by name; of a group the events, each with some, in the place of what a single one has.
  private static func payload(_ message: Message) -> [JSONOutput.Member] {
    guard let events = message.event?.events else {
      return facts.map { .init($0.rawValue, .string(message.short($0, bytes: 2_048))) }
    }
    let kept = events.prefix(mostEvents).map { event in
      JSONOutput.members([
        "type": .string(event.type.rawValue), "image": .string((event.tag?.familiar ?? "").short(bytes: 300)),
        "digest": .string((event.digest ?? "").short(bytes: 150)),
        "pull": .string((event.pull ?? "").short(bytes: 450)),
      ])
    }
    return [
      .init("summary", .string(message.summary)), .init("type", .string(message.type)),
      .init("id", .string(message.id)),
      .init("time", .string(message.time)), .init("events", .array(kept)),
      .init("events_omitted", .number(events.count - kept.count)),
    ]
  }

  /// Each has at most two kilobytes, and few more than half of one.
  private static let mostEvents = 25
}

extension Message {
  /// Values of one that was recorded are shorter; a document may be anybody's.
  fileprivate func short(_ name: MessageFact.Name, bytes: Int) -> String { value(of: name).short(bytes: bytes) }
}

extension String {
  fileprivate func short(bytes: Int) -> String { safe(limit: bytes).cut(toBytes: bytes) }
}
