package import ImageModel

/// What describes the API to machines. Source: spec.openapis.org, OpenAPI 3.1.
package enum OpenAPI {
  /// - Parameter version: of the program.
  package static func document(version: String) -> JSONOutput {
    .members([
      "openapi": "3.1.0",
      "info": .members([
        "title": "watcher", "version": .string(version),
        "description": "What was seen of tags of container images: the documents that the commands print with --json.",
      ]),
      "security": .array([.members([:]), .members(["basic": .array([])]), .members(["bearer": .array([])])]),
      "paths": .object(APIOperation.allCases.map { .init($0.path, .members(["get": operation($0)])) }),
      "components": .members([
        "securitySchemes": .members([
          "basic": .members([
            "type": "http", "scheme": "basic", "description": "Any user name, and the password of http.password_file",
          ]),
          "bearer": .members(["type": "http", "scheme": "bearer", "description": "The same password"]),
        ]),
        "schemas": .members(APISchemas.all),
      ]),
    ])
  }

  private static func operation(_ operation: APIOperation) -> JSONOutput {
    let parameters = operation.parameters.map(parameter) + (operation == .stream ? [lastEventID] : [])
    return .members([
      "operationId": .string(operation.rawValue), "summary": .string(operation.summary),
      "parameters": .array(parameters),
      "responses": .object(
        [.init("200", success(operation))]
          + (parameters.isEmpty ? [] : [.init("400", problem("What is asked is not understood"))])
          + (operation.namesWhatMayBeUnknown ? [.init("404", problem("Nothing is known of what is asked for"))] : [])
          + [
            .init("401", problem("The password is missing, or another")),
            .init("421", problem("The name of another host")),
            .init("429", problem("Too many others try to log in")),
            .init("503", problem("Too much is asked at once, or the answer takes too long")),
          ]),
    ])
  }

  private static func success(_ operation: APIOperation) -> JSONOutput {
    let headers: JSONOutput.Member? =
      operation.isPaged
      ? .init(
        "headers",
        .members([
          "Link": .members([
            "description": "The next page, with rel=\"next\"; not there on the last one", "schema": Schema.string,
          ])
        ])) : nil
    return .object(
      [.init("description", .string(operation.summary))] + [headers].compactMap(\.self)
        + [.init("content", .members([operation.mediaType: .members(["schema": schema(operation)])]))])
  }

  private static func schema(_ operation: APIOperation) -> JSONOutput {
    switch operation {
    case .status: Schema.reference("Status")
    case .history: Schema.reference("History")
    case .which: Schema.reference("Matches")
    case .diff: Schema.reference("Diff")
    case .description: .members(["type": "object"])
    case .events:
      .members(["type": "string", "description": "A line for each event: a document like components/schemas/Event"])
    case .stream:
      .members([
        "type": "string",
        "description": "id is the event's sequence, data a document like components/schemas/Event",
      ])
    }
  }

  private static func problem(_ words: String) -> JSONOutput {
    .members([
      "description": .string(words),
      "content": .members([APIProblem.contentType: .members(["schema": Schema.reference("Problem")])]),
    ])
  }

  private static func parameter(_ parameter: APIParameter) -> JSONOutput {
    let one = schema(parameter.kind)
    return .members([
      "name": .string(parameter.name), "in": "query", "description": .string(parameter.words),
      "required": .bool(parameter.isRequired), "schema": parameter.isRepeatable ? Schema.array(one) : one,
    ])
  }

  private static let lastEventID = JSONOutput.members([
    "name": "Last-Event-ID", "in": "header", "required": false,
    "description": "The id of the event that came last: what follows it is sent, whatever after says",
    "schema": schema(.sequence),
  ])

  /// What a value may look like; what it has to be, a schema cannot say of most.
  private static func schema(_ kind: APIParameter.Kind) -> JSONOutput {
    func text(_ examples: JSONOutput...) -> JSONOutput { .members(["type": "string", "examples": .array(examples)]) }
    switch kind {
    case .tag: return text("docker.io/library/amazonlinux:latest", "amazonlinux")
    case .platform: return text("linux/amd64", "linux/arm64")
    case .time: return text("2026-09-17T21:30:00Z", "7d")
    case .digest: return text("b63c3d5a")
    case .state: return text("^", "7d", "b63c3d5a")
    case .type: return text("watcher.image.changed", "image.*")
    case .flag: return Schema.flag
    case .limit: return .members(["type": "integer", "minimum": 1, "maximum": .number(APIParameter.mostItems)])
    case .sequence, .number: return .members(["type": "integer", "minimum": 0, "maximum": .int(.max)])
    }
  }
}

extension APIOperation {
  fileprivate var namesWhatMayBeUnknown: Bool {
    switch self {
    case .status, .history, .events, .which, .diff: true
    case .stream, .description: false
    }
  }
}
