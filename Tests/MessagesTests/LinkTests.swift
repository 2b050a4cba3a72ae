import Foundation
import ImageModel
import StrictJSON
import TestSupport
import Testing

@testable import Messages

/// Where messages lead to, with pages that people reach.
@Suite struct LinkTests {
  private static let url = "https://w.example:8443"
  private static let page = url + "/tags/docker.io/library/amazonlinux:latest"

  private func message(_ sample: String = "image.changed") -> Message {
    Message(document: SampleDocuments.document(sample), publicURL: Self.url)
  }

  private func request(_ name: String) throws -> MessageRequest {
    let format = try #require(MessageFormat.named(name))
    return format.request(message(), GoldenTests.setting(format))
  }

  /// What stands at a path of keys and indices.
  private func value(_ name: String, _ path: String) throws -> String? {
    var value: Any? = try JSONSerialization.jsonObject(with: Data(request(name).body))
    for step in path.split(separator: " ") {
      if let index = Int(step) {
        let list = value as? [Any] ?? []
        value = list.indices.contains(index) ? list[index] : nil
      } else {
        value = (value as? [String: Any])?[String(step)]
      }
    }
    return value as? String
  }

  @Test func itIsTheTagsPage() {
    #expect(message().link == Self.page && message().value(of: .link) == Self.page)
    #expect(message().details.hasSuffix("\n" + Self.page))
    #expect(message("changes").link == Self.url + "/events")
    #expect(message("changes, one").link == Self.page, "a group of one says what its event says")
    #expect(message("test").link == Self.url + "/")
    let none = Message(document: SampleDocuments.document("image.changed"))
    #expect(none.link == "" && none.details == message().lines.joined(separator: "\n"))
  }

  @Test(arguments: [
    ("ntfy", "click"), ("gotify", "extras client::notification click url"), ("discord", "embeds 0 url"),
    ("teams", "attachments 0 content actions 0 url"), ("telegram", "entities 1 url"),
    ("google-chat", "cardsV2 0 card sections 0 widgets 2 buttonList buttons 0 onClick openLink url"),
  ])
  func servicesHaveAPlaceForIt(name: String, path: String) throws {
    #expect(try value(name, path) == Self.page)
  }

  @Test func titlesLeadToIt() throws {
    let summary = "amazonlinux:latest has a new image"
    #expect(try value("slack", "blocks 0 text text")?.hasPrefix("*<\(Self.page)|\(summary)") == true)
    #expect(try value("mattermost", "text")?.hasPrefix("**[\(summary)") == true)
    #expect(try value("mattermost", "text")?.contains("](\(Self.page))**\n```") == true)
    #expect(try value("matrix", "formatted_body")?.hasPrefix("<strong><a href=\"\(Self.page)\">\(summary)") == true)
    #expect(try value("matrix", "body")?.hasSuffix("\n\(Self.page)") == true)
    let form = String(decoding: try request("pushover").body, as: UTF8.self)
    #expect(form.hasSuffix("&url=\(Self.page.percentEncoded())"))
  }

  /// GitHub takes ten facts and no more.
  @Test(arguments: ["github", "gitlab", "jenkins"]) func jobsHaveTheirFacts(name: String) throws {
    let format = try #require(MessageFormat.named(name))
    let without = Message(document: SampleDocuments.document("image.changed"))
    #expect(try request(name) == format.request(without, GoldenTests.setting(format)))
  }

  /// Whatever a document says: it is one link to the one host, and each body has its size.
  @Test(arguments: [
    "a|b>c)d]", "\" onclick=x", "😀\n\u{0}", "../../x?y#z", String(repeating: "a", count: 5_000), "@evil.example/",
  ])
  func aHostileNameStaysInIt(name: String) throws {
    let document = JSONOutput.members([
      "id": "1", "source": "s", "type": "watcher.tag.deleted", "time": "2026-09-17T21:30:05Z",
      "sequence": "000000000001",
      "data": .members([
        "registry": "r.example", "repository": .string(name), "tag": .string(name),
        "summary": .string(SampleDocuments.hostile),
      ]),
    ]).bytes
    let message = Message(document: document, publicURL: Self.url)
    let allowed = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%/:")
    #expect(message.link.hasPrefix(Self.url + "/") && message.link.count <= 400)
    #expect(message.link.allSatisfy(allowed.contains), "\(message.link)")
    for format in MessageFormat.all {
      let request = format.request(message, GoldenTests.setting(format))
      #expect(request.body.count <= format.bodyBytes, "\(format.name)")
    }
    let slack = try #require(MessageFormat.named("slack"))
    let body = try StrictJSON.parse(
      slack.request(message, GoldenTests.setting(slack)).body, limits: JSONLimits(bytes: 1 << 20, values: 1_000))
    let texts = (body["blocks"]?.array ?? []).compactMap { $0["text"]?["text"]?.string }
    #expect(texts.allSatisfy { $0.unicodeScalars.count <= 3_000 })
    #expect(texts[0].count { $0 == "<" } == 1 && texts[0].count { $0 == ">" } == 1)
  }

  @Test func bodiesAreBounded() {
    for (sample, document) in SampleDocuments.all {
      let message = Message(document: document, publicURL: "https://" + String(repeating: "a.", count: 60) + "example")
      for format in MessageFormat.all {
        let request = format.request(message, GoldenTests.setting(format))
        #expect(request.body.count <= format.bodyBytes, "\(format.name): \(sample)")
      }
    }
  }
}
