import Foundation
import ImageModel
import Testing

@testable import API

@Suite struct OpenAPITests {
  private let document: [String: Any]

  init() throws {
    let bytes = OpenAPI.document(version: "1.2.3").bytes
    document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
  }

  @Test func everyOperationIsDescribed() throws {
    let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
    #expect(Set(paths.keys) == Set(APIOperation.allCases.map(\.path)))
    for operation in APIOperation.allCases {
      let get = try #require(paths[operation.path]?["get"])
      let names = try #require(get["parameters"] as? [[String: Any]]).filter { $0["in"] as? String == "query" }
        .compactMap { $0["name"] as? String }
      #expect(names == operation.parameters.map(\.name))
      let responses = try #require(get["responses"] as? [String: [String: Any]])
      let content = try #require(responses["200"]?["content"] as? [String: Any])
      #expect(Array(content.keys) == [operation.mediaType])
      #expect((responses["200"]?["headers"] != nil) == operation.isPaged)
    }
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    let components = try #require(document["components"] as? [String: Any])
    let schemas = try #require(components["schemas"] as? [String: Any])
    let used = Self.references(in: document)
    #expect(used.count > 5)
    #expect(used.isSubset(of: Set(schemas.keys.map { "#/components/schemas/\($0)" })))
    // What is described and not answered with is named in words.
    #expect(Set(schemas.keys.map { "#/components/schemas/\($0)" }).subtracting(used) == ["#/components/schemas/Event"])
  }

  private static func references(in value: Any) -> Set<String> {
    if let object = value as? [String: Any] {
      let own = (object["$ref"] as? String).map { [$0] } ?? []
      return object.values.reduce(into: Set(own)) { $0.formUnion(references(in: $1)) }
    }
    return (value as? [Any] ?? []).reduce(into: []) { $0.formUnion(references(in: $1)) }
  }
}
