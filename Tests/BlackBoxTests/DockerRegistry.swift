import Foundation
import Glibc
import ImageModel
import TestSupport
import Testing

/// Debian's `docker-registry` on loopback, on a port the kernel picks, with everything in one folder.
final class DockerRegistry {
  /// `nil` where the program is not installed.
  static let program: String? = ["/usr/bin/docker-registry", "/usr/local/bin/docker-registry"]
    .first { access($0, X_OK) == 0 }

  struct PushFailed: Error {
    let url: String
    let output: String
  }

  /// Whom it lets in.
  enum Door {
    case open
    /// Who knows the password of `user`.
    case password
    /// Who has a token of that server.
    case token(TokenServer)
  }

  /// The hash is bcrypt's of the password, as `htpasswd -B` makes it.
  static let user = (
    name: "ann", password: "pull:canary-4f1c", hash: "$2y$05$abcdefghijklmnopqrstuuVEcXwVI8gTB/82OYmWx5HxMbVooQkuK"
  )

  /// `127.0.0.1:port`.
  let authority: String
  private let process: Child
  private let folder: String
  private let door: Door
  private let certificates: Certificates?

  /// - Parameters:
  ///   - certificates: it speaks TLS then, with a good one of these.
  ///   - hints: where it tells of what is pushed, and the bearer token that it shows there.
  init(door: Door = .open, certificates: Certificates? = nil, hints: (url: String, token: String)? = nil) throws {
    (self.door, self.certificates) = (door, certificates)
    folder = FileManager.default.temporaryDirectory.path + "/watcher-registry.\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let log = "\(folder)/registry.log"
    let configuration = """
      version: 0.1
      log: {level: info, accesslog: {disabled: false}}
      storage: {filesystem: {rootdirectory: \(folder)/registry}}
      http: {addr: "127.0.0.1:0", secret: loopback-only\(try Self.tls(certificates))}
      compatibility: {schema1: {enabled: true}}
      \(try Self.auth(door, in: folder))
      \(hints.map(Self.notifications) ?? "")
      """
    try configuration.write(toFile: "\(folder)/registry.yml", atomically: false, encoding: .utf8)
    process = try Child(
      try #require(Self.program), ["serve", "\(folder)/registry.yml"],
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder],
      stdout: log, stderr: log)
    var found: String?
    _ = eventually {
      found = Self.listening(WatcherBinary.text(log))
      return found != nil
    }
    authority = try #require(found, "docker-registry does not say where it listens")
  }

  /// A scene that watches a tag of one.
  static func scene(
    watching path: String, door: Door = .open, certificates: Certificates? = nil
  ) throws -> (registry: DockerRegistry, image: String, scene: Scene) {
    let registry = try DockerRegistry(door: door, certificates: certificates)
    let image = "\(registry.authority)/\(path)"
    return (registry, image, try Scene(watch: [image]))
  }

  deinit {
    process.signal(SIGKILL)
    _ = try? process.finish()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// What the watcher asked for, each with the status of the answer: `200 HEAD /v2/team/app/manifests/stable`. A line of
  /// the log may come after the answer.
  var requests: [String] {
    WatcherBinary.text("\(folder)/registry.log").split(separator: "\n").compactMap { line in
      line.firstMatch(of: /"([A-Z]+ \/\S*) HTTP\/[0-9.]+" ([0-9]{3}) .*"watcher\//).map {
        "\($0.output.2) \($0.output.1)"
      }
    }
  }

  func stop() throws {
    process.signal(SIGTERM)
    _ = try process.finish()
  }

  /// Uploads an image with all its documents and layers, and points a tag to its index.
  func push(_ image: FakeRegistryImage, to path: String, tag: String) throws {
    for platform in image.platforms {
      try upload(image.config(platform), to: path)
      try upload(Self.layer(of: image, platform), to: path)
      guard let attestation = image.attestation else { continue }
      for text in ["{}", "\(attestation) \(platform)"] { try upload(Self.blob(text), to: path) }
    }
    for manifest in image.manifests { try put(manifest, to: path, reference: manifest.digest.description) }
    try put(image.index, to: path, reference: tag)
  }

  /// Uploads a manifest of any kind with its blobs, or an index of manifests that are there.
  func push(_ manifest: Document, blobs: [Document] = [], to path: String, tag: String) throws {
    for blob in blobs { try upload(blob, to: path) }
    try put(manifest, to: path, reference: tag)
  }

  /// Uploads an image of one layer as a signed schema 1 manifest, which `skopeo` makes.
  func pushSchema1(_ content: String, to path: String, tag: String) throws {
    try push(content, format: "v2s1", to: path, tag: tag)
  }

  /// Uploads an image of one layer in one of the formats that `skopeo` makes.
  func push(_ content: String, format: String, to path: String, tag: String) throws {
    let directory = "\(folder)/\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    let layer = Self.blob(content)
    let config = Self.blob(
      #"{"created":"2015-01-01T00:00:00Z","architecture":"amd64","os":"linux","rootfs":{"type":"layers","#
        + #""diff_ids":["\#(layer.digest)"]},"history":[{"created":"2015-01-01T00:00:00Z","created_by":"x"}]}"#)
    let manifest =
      #"{"schemaVersion":2,"mediaType":"\#(MediaType.dockerManifest)","config":{"mediaType":"#
      + #""\#(MediaType.dockerConfig)","size":\#(config.bytes.count),"digest":"\#(config.digest)"},"layers":[{"#
      + #""mediaType":"application/vnd.docker.image.rootfs.diff.tar.gzip","size":\#(layer.bytes.count),"#
      + #""digest":"\#(layer.digest)"}]}"#
    for (name, bytes) in [
      ("version", Array("Directory Transport Version: 1.1\n".utf8)), ("manifest.json", Array(manifest.utf8)),
      (String(layer.digest.hex), layer.bytes), (String(config.digest.hex), config.bytes),
    ] { try Data(bytes).write(to: URL(fileURLWithPath: "\(directory)/\(name)")) }
    let log = "\(folder)/skopeo.log"
    let target = "docker://\(authority)/\(path):\(tag)"
    let copied = try Child(
      "skopeo", ["copy", "--format", format, "--dest-tls-verify=false", "dir:\(directory)", target],
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder], stdout: log, stderr: log
    ).finish()
    guard copied == 0 else { throw PushFailed(url: target, output: WatcherBinary.text(log)) }
  }

  private func put(_ document: Document, to path: String, reference: String) throws {
    let type = "Content-Type: \(document.mediaType)"
    try curl(["--request", "PUT", "--header", type], document, to: path, "\(origin)/v2/\(path)/manifests/\(reference)")
  }

  /// In one piece, after asking where to. Source: distribution-spec, Pushing a blob monolithically.
  private func upload(_ blob: Document, to path: String) throws {
    let headers = try curl(["--request", "POST", "--include"], nil, to: path, "\(origin)/v2/\(path)/blobs/uploads/")
    let location = headers.split(whereSeparator: \.isNewline)
      .first { $0.lowercased().hasPrefix("location:") }?.dropFirst("location:".count)
    let place = try #require(location).trimmingCharacters(in: .whitespaces)
    let type = "Content-Type: application/octet-stream"
    try curl(
      ["--request", "PUT", "--header", type], blob, to: path,
      "\(place)\(place.contains("?") ? "&" : "?")digest=\(blob.digest)")
  }

  @discardableResult
  private func curl(_ options: [String], _ body: Document?, to path: String, _ url: String) throws -> String {
    let (input, output) = ("\(folder)/curl.in", "\(folder)/curl.out")
    defer { for file in [input, output] { unlink(file) } }
    var arguments = ["--silent", "--show-error", "--fail-with-body", "--max-time", "20", "--noproxy", "*"] + options
    if let certificates { arguments += ["--cacert", certificates.caFile] }
    switch door {
    case .open: break
    case .password: arguments += ["--user", "\(Self.user.name):\(Self.user.password)"]
    case .token(let server):
      let token = try server.token(for: [path: ["pull", "push"]])
      arguments += ["--header", "Authorization: Bearer \(token)"]
    }
    if let body {
      try Data(body.bytes).write(to: URL(fileURLWithPath: input))
      arguments += ["--data-binary", "@\(input)"]
    }
    let status = try Child(
      "curl", arguments + [url], environment: ["PATH": "/usr/bin:/bin", "HOME": folder],
      stdout: output, stderr: output
    ).finish()
    guard status == 0 else { throw PushFailed(url: url, output: WatcherBinary.text(output)) }
    return WatcherBinary.text(output)
  }

  /// The bytes whose digest the image's manifest names.
  private static func layer(of image: FakeRegistryImage, _ platform: String) -> Document {
    blob("\(image.packing) \(image.content) \(platform)")
  }

  private static func blob(_ text: String) -> Document {
    FakeRegistryImage.document(.ociConfig, bytes: Array(text.utf8))
  }

  private var origin: String { (certificates == nil ? "http://" : "https://") + authority }

  private static func tls(_ certificates: Certificates?) throws -> String {
    guard let files = try certificates?.make(.good) else { return "" }
    return ", tls: {certificate: \(files.certificate), key: \(files.key)}"
  }

  private static func notifications(_ hints: (url: String, token: String)) -> String {
    "notifications: {endpoints: [{name: watcher, url: \"\(hints.url)\", timeout: 2s, threshold: 5, backoff: 1s, "
      + "headers: {Authorization: [\"Bearer \(hints.token)\"]}}]}"
  }

  private static func auth(_ door: Door, in folder: String) throws -> String {
    switch door {
    case .open: return ""
    case .password:
      let file = "\(folder)/htpasswd"
      try "\(user.name):\(user.hash)\n".write(toFile: file, atomically: false, encoding: .utf8)
      return "auth: {htpasswd: {realm: tests, path: \(file)}}"
    case .token(let server):
      return "auth: {token: {realm: \"\(server.realm)\", service: \(TokenServer.service), "
        + "issuer: \(TokenServer.issuer), rootcertbundle: \(server.certificate)}}"
    }
  }

  private static func listening(_ log: String) -> String? {
    guard let start = log.range(of: "listening on 127.0.0.1:") else { return nil }
    return "127.0.0.1:" + log[start.upperBound...].prefix { $0.isNumber }
  }
}
