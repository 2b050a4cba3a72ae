import FoundationEssentials
package import ImageModel

/// Schema 1 manifests, signed as docker/libtrust does it: the signatures stand before the last brace, and what was
/// signed is the rest.
package enum FakeSchema1 {
  /// What is signed; as it is, an unsigned manifest.
  package static func payload(
    _ content: String, layers: [Digest] = [], platform: String = "linux/amd64",
    created: String = "2015-01-01T00:00:00Z"
  ) -> [UInt8] {
    let parts = platform.split(separator: "/").map { JSONOutput.string(String($0)) }
    let newest = JSONOutput.members([
      "id": .string(content), "created": .string(created), "os": parts[0], "architecture": parts[1],
    ])
    let members = JSONOutput.members([
      "schemaVersion": 1, "name": "app", "tag": "latest", "architecture": parts[1],
      "fsLayers": .array(layers.map { .members(["blobSum": .text($0)]) }),
      "history": .array([.members(["v1Compatibility": .string(String(decoding: newest.bytes, as: UTF8.self))])]),
    ])
    return Array(members.bytes.dropLast()) + Array("\n}".utf8)
  }

  /// - Parameters:
  ///   - protected: of each signature the protected header; by default the right one.
  ///   - time: makes other bytes of the same payload, as every answer of a registry does.
  package static func signed(_ payload: [UInt8], protected: [String]? = nil, time: String = "1") -> [UInt8] {
    let length = payload.count - 2
    let right = #"{"formatLength":\#(length),"formatTail":"\#(base64URL(Array("\n}".utf8)))","time":"\#(time)"}"#
    let signatures = (protected ?? [right]).map { header in
      JSONOutput.members(["signature": "c2ln", "protected": .string(base64URL(Array(header.utf8)))])
    }
    return payload[..<length] + Array(",\"signatures\":".utf8) + JSONOutput.array(signatures).bytes
      + Array("\n}".utf8)
  }

  package static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}
