import ImageModel
import Testing

/// One accepted reference: what it parses to.
struct ReferenceVector: Sendable, CustomTestStringConvertible {
  let input: String
  let domain: String
  let path: String
  let tag: String?
  let digest: String?
  let familiar: String

  var testDescription: String { input }

  /// The rows are `input | domain | path | tag | digest | familiar form`. `(latest)` is a tag that the text does
  /// not name, `-` is none, `=` is the input itself, and `a×255` the letter 255 times.
  static let table = accepted.split(separator: "\n").map { line in
    let columns = line.split(separator: " | ").map { expand(String($0)) }
    let isDefaulted = columns[3] == "(latest)"
    return ReferenceVector(
      input: columns[0], domain: columns[1], path: columns[2],
      tag: isDefaulted ? "latest" : columns[3] == "-" ? nil : columns[3],
      digest: columns[4] == "-" ? nil : columns[4],
      familiar: (columns[5] == "=" ? columns[0] : columns[5]) + (isDefaulted ? ":latest" : ""))
  }
}

/// Writes `x×3` out as `xxx`, wherever it stands.
func expand(_ text: String) -> String {
  text.replacing(#/(.)×([0-9]+)/#) { String(repeating: String($0.1), count: Int($0.2) ?? 0) }
}

/// Results of distribution/reference (`ParseNormalizedNamed`, then `TagNameOnly`).
private let accepted = """
  amazonlinux | docker.io | library/amazonlinux | (latest) | - | =
  amazonlinux:2023 | docker.io | library/amazonlinux | 2023 | - | =
  library/amazonlinux | docker.io | library/amazonlinux | (latest) | - | amazonlinux
  docker.io/amazonlinux | docker.io | library/amazonlinux | (latest) | - | amazonlinux
  docker.io/library/amazonlinux:latest | docker.io | library/amazonlinux | latest | - | amazonlinux:latest
  index.docker.io/amazonlinux:latest | docker.io | library/amazonlinux | latest | - | amazonlinux:latest
  index.docker.io/library/amazonlinux | docker.io | library/amazonlinux | (latest) | - | amazonlinux
  registry-1.docker.io/library/amazonlinux | registry-1.docker.io | library/amazonlinux | (latest) | - | =
  docker.io/library/foo/bar | docker.io | library/foo/bar | (latest) | - | library/foo/bar
  library/foo/bar | docker.io | library/foo/bar | (latest) | - | =
  fooo/bar:1 | docker.io | fooo/bar | 1 | - | =
  test_com/foo | docker.io | test_com/foo | (latest) | - | =
  test.com/foo | test.com | foo | (latest) | - | =
  test.com:tag | docker.io | library/test.com | tag | - | =
  test.com:5000 | docker.io | library/test.com | 5000 | - | =
  test:5000/repo | test:5000 | repo | (latest) | - | =
  test:5000/repo:tag | test:5000 | repo | tag | - | =
  localhost | docker.io | library/localhost | (latest) | - | =
  localhost:5000 | docker.io | library/localhost | 5000 | - | =
  localhost/foo | localhost | foo | (latest) | - | =
  localhost:5000/foo:5050 | localhost:5000 | foo | 5050 | - | =
  LOCALDOMAIN/foo | LOCALDOMAIN | foo | (latest) | - | =
  Foo/bar | Foo | bar | (latest) | - | =
  lowercase:Uppercase | docker.io | library/lowercase | Uppercase | - | =
  127.0.0.1:5000/debian | 127.0.0.1:5000 | debian | (latest) | - | =
  192.168.0.1 | docker.io | library/192.168.0.1 | (latest) | - | =
  192.168.0.1:80 | docker.io | library/192.168.0.1 | 80 | - | =
  [fc00::1]:5000/docker | [fc00::1]:5000 | docker | (latest) | - | =
  [2001:db8::1]/repo:tag | [2001:db8::1] | repo | tag | - | =
  xn--n3h.com/myimage:xn--n3h.com | xn--n3h.com | myimage | xn--n3h.com | - | =
  b.gcr.io/test.example.com/my-app:test.example.com | b.gcr.io | test.example.com/my-app | test.example.com | - | =
  docker--rules/docker | docker.io | docker--rules/docker | (latest) | - | =
  dock__er/docker | docker.io | dock__er/docker | (latest) | - | =
  busybox:_x | docker.io | library/busybox | _x | - | =
  example.com/a×255:tag | example.com | a×255 | tag | - | =
  library/a×247 | docker.io | library/a×247 | (latest) | - | a×247
  b:t×128 | docker.io | library/b | t×128 | - | =
  busybox@sha256:f×64 | docker.io | library/busybox | - | sha256:f×64 | =
  busybox:1.36@sha256:f×64 | docker.io | library/busybox | 1.36 | sha256:f×64 | =
  busybox@sha512:a×128 | docker.io | library/busybox | - | sha512:a×128 | =
  docker.io/d×64 | docker.io | library/d×64 | (latest) | - | d×64
  d×63 | docker.io | library/d×63 | (latest) | - | =
  sha256:f×64 | docker.io | library/sha256 | f×64 | - | =
  example.com:99999/x | example.com:99999 | x | (latest) | - | =
  public.ecr.aws/amazonlinux/amazonlinux:2023 | public.ecr.aws | amazonlinux/amazonlinux | 2023 | - | =
  docker.io | docker.io | library/docker.io | (latest) | - | =
  docker.io:443/library/x | docker.io:443 | library/x | (latest) | - | =
  DOCKER.IO/library/x | DOCKER.IO | library/x | (latest) | - | =
  Docker.io/x | Docker.io | x | (latest) | - | =
  index.docker.io:443/x | index.docker.io:443 | x | (latest) | - | =
  """

/// What distribution/reference refuses, and why.
let refusedReferences = refused.map { (expand($0.0), $0.1) }

private let refused: [(String, ReferenceError)] = [
  ("docker/Docker", .uppercase(suggestion: expand("docker/docker"))),
  ("Uppercase:tag", .uppercase(suggestion: expand("uppercase:tag"))),
  ("[fc00::1]", .format),
  ("[fc00::1]:5000", .format),
  ("fc00::1:5000/debian", .format),
  ("[fe80::1%eth0]:5000/debian", .format),
  ("[2001:db8:3:4::192.0.2.33]:5000/debian", .format),
  ("https://github.com/docker/docker", .format),
  ("-docker/docker", .format),
  ("docker-/docker", .format),
  ("dock___er/docker", .format),
  ("dock..er/docker", .format),
  ("dock_.er/docker", .format),
  ("docker///docker", .format),
  ("docker/", .format),
  ("", .format),
  ("docker:", .format),
  ("busybox:-x", .format),
  ("busybox:.x", .format),
  ("a×255", .nameTooLong),
  ("example.com/a×256", .nameTooLong),
  ("library/a×248", .nameTooLong),
  ("b:t×129", .format),
  ("busybox@sha256:f×34", .digest(.length)),
  ("busybox@sha256:F×64", .digest(.format)),
  ("busybox@SHA256:f×64", .uppercase(suggestion: expand("busybox@sha256:f×64"))),
  ("busybox@foo:f×64", .digest(.unsupportedAlgorithm)),
  ("d×64", .identifier),
  (" busybox", .format),
  ("busybox ", .format),
  ("busybox:a b", .format),
  ("ghcr.io/Owner/img", .uppercase(suggestion: expand("ghcr.io/owner/img"))),
  ("hub.docker.com/_/amazonlinux", .format),
  ("foo/bar@sha256:f×64:tag", .format),
  ("foo/bar:tag:tag2", .format),
  ("example.com./foo", .format),
  ("éxample/foo", .format),
  ("foo/bär", .format),
]
