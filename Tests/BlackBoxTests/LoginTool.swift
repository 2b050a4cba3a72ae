import Foundation
import Glibc
import TestSupport
import Testing

/// A program that logs people in to registries, with a `HOME` of a test's own.
enum LoginTool: String {
  case skopeo, podman, buildah, docker

  /// Whether a test with it and Debian's registry can be run.
  var isThere: Bool { DockerRegistry.program != nil && path != nil }

  /// What a test that cannot be run says.
  var absence: Comment { "docker-registry or \(self) is not installed" }

  var path: String? {
    ["/usr/bin/\(self)", "/usr/local/bin/\(self)"].first { access($0, X_OK) == 0 }
  }

  /// Where it keeps log-ins, below `HOME`.
  var file: String { self == .docker ? ".docker/config.json" : "run/containers/auth.json" }

  /// What it and the watcher are to find their own by.
  ///
  /// - Parameter home: a directory in which there is no `run` yet.
  static func environment(_ home: String) throws -> [String: String] {
    let run = "\(home)/run"
    if access(run, F_OK) != 0 {
      try FileManager.default.createDirectory(
        atPath: run, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }
    return [
      "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home, "XDG_RUNTIME_DIR": run,
      // No engine.
      "DOCKER_HOST": "unix://\(home)/none",
    ]
  }

  /// Its words for logging in, reading the password from a file.
  func login(_ registry: DockerRegistry, _ options: [String] = []) -> [String] {
    let plain = self == .docker || !options.isEmpty ? [] : ["--tls-verify=false"]
    return ["login", "--username", DockerRegistry.user.name, "--password-stdin"] + plain + options
      + [registry.authority]
  }

  func run(_ arguments: [String], _ environment: [String: String], stdin: String = "/dev/null") throws {
    let log = "\(try #require(environment["HOME"]))/\(self).log"
    let status = try Child(
      try #require(path), arguments, environment: environment, stdin: stdin, stdout: log, stderr: log
    ).finish()
    try #require(status == 0, "\(self) \(arguments): \(WatcherBinary.text(log))")
  }
}
