import ImageModel
import Testing

@Suite struct ImageReferenceTests {
  @Test func tablesAreComplete() {
    #expect(ReferenceVector.table.count == 50)
    #expect(refusedReferences.count == 38)
  }

  @Test(arguments: ReferenceVector.table)
  func accepts(vector: ReferenceVector) throws {
    let reference = try ImageReference(vector.input)
    #expect(reference.domain == vector.domain)
    #expect(reference.path == vector.path)
    #expect(reference.tag == vector.tag)
    #expect(reference.digest?.description == vector.digest)
    #expect(reference.familiar == vector.familiar)
  }

  /// The canonical form is what is stored: it must mean the same when it is read again.
  @Test(arguments: ReferenceVector.table)
  func canonicalFormIsStable(vector: ReferenceVector) throws {
    let reference = try ImageReference(vector.input)
    #expect(try ImageReference(reference.description) == reference)
    if let tag = reference.tagReference {
      let again = try ImageReference(tag.description)
      #expect(again.tagReference == tag)
      #expect(again.digest == nil)
    } else {
      #expect(vector.tag == nil)
    }
  }

  @Test(arguments: refusedReferences)
  func refuses(input: String, error: ReferenceError) {
    #expect(throws: error) { try ImageReference(input) }
  }

  /// 127 times `a/`, then `a`: fits exactly once it is normalised, because the domain is not counted.
  @Test func longestPathOfComponents() throws {
    let path = String(repeating: "a/", count: 127) + "a"
    let reference = try ImageReference(path + ":tag-puts-this-over-max")
    #expect(reference.domain == "docker.io")
    #expect(reference.path == path)
    #expect(reference.path.utf8.count == 255)
    #expect(reference.tag == "tag-puts-this-over-max")
  }

  /// A watcher keeps both: the tag is watched, the digest is what it is expected to be.
  @Test func tagAndDigestAreBothKept() throws {
    let hex = String(repeating: "7cc4", count: 16)
    let reference = try ImageReference("docker.io/library/busybox:latest@sha256:\(hex)")
    #expect(reference.tagReference?.description == "docker.io/library/busybox:latest")
    #expect(reference.digest?.hex == hex[...])
    #expect(reference.description == "docker.io/library/busybox:latest@sha256:\(hex)")
  }

  @Test func digestOnlyHasNothingToWatch() throws {
    let reference = try ImageReference("busybox@sha256:" + String(repeating: "f", count: 64))
    #expect(reference.tag == nil)
    #expect(reference.tagReference == nil)
  }

  @Test func imageIDIsNoNameButMayBeARepository() throws {
    let hex = String(repeating: "1a3f5e7d", count: 8)
    #expect(throws: ReferenceError.identifier) { try ImageReference(hex) }
    #expect(try ImageReference("docker.io/" + hex).path == "library/" + hex)
  }

  /// Only the repository changes case: the tag `TAG` is another one than `tag`, and a domain has no case.
  @Test(arguments: [
    ("Uppercase:TAG", "uppercase:TAG"),
    ("Foo/Foo", "Foo/foo"),
    ("docker.io/Docker:Edge", "docker.io/docker:Edge"),
    ("index.docker.io/Library/X", "index.docker.io/library/x"),
    ("EXAMPLE.com/A/b:C", "EXAMPLE.com/a/b:C"),
  ])
  func suggestsLowerCaseForTheRepositoryAlone(input: String, suggestion: String) {
    #expect(throws: ReferenceError.uppercase(suggestion: suggestion)) { try ImageReference(input) }
  }

  /// A trailing newline is the classic hole of `$` in a regular expression; NUL and friends go the same way.
  /// Lower case alone would not help: no advice is given that fails in its turn.
  @Test(arguments: ["UPPER/Bad:::", "Bad:", "ghcr.io/Owner/img:"])
  func noAdviceThatFails(input: String) {
    #expect(throws: ReferenceError.format) { try ImageReference(input) }
  }

  @Test(arguments: [
    "busybox\n", "busybox:1\n", "\nbusybox", "busybox\0", "busybox:1\t", "busybox@", "busybox@sha256", "@",
    ":", "/", "//", "/busybox", "busybox/", "a/", "busybox:1@sha256:", "localhost:/x", "a b/c",
    "example.com:80a/x", "exa_mple.com/x", "[]/x", "[::1/x", "[::1]x/y", ".com/x", "-a.com/x", "a-.com/x",
    "a..com/x", "x/.a", "x/a.", "x/_a", "x/-a", "x/a-", "a\u{301}:b", "busybox\u{200d}", "ａmazonlinux",
  ])
  func hostileText(input: String) {
    #expect(throws: ReferenceError.self) { try ImageReference(input) }
  }

  /// The shape of the algorithm's name decides between "no reference" and "a digest that cannot be verified".
  @Test(arguments: [
    ("multihash+base58", ReferenceError.digest(.unsupportedAlgorithm)), ("a_b.c-d", .digest(.unsupportedAlgorithm)),
    ("a/b", .format), ("9a", .format), ("a--b", .format), ("", .format), ("a+", .format),
  ])
  func digestAlgorithmNames(name: String, error: ReferenceError) {
    #expect(throws: error) { try ImageReference("busybox@\(name):" + String(repeating: "f", count: 64)) }
  }

  /// A scanner takes time in proportion to the text; a megabyte of separators must not hang.
  @Test(.timeLimit(.minutes(1)), arguments: ["a-", "-", "a/", "a.", "__", "[", ":", "@"])
  func longTextIsRefusedQuickly(unit: String) {
    let text = String(repeating: unit, count: 500_000)
    #expect(throws: ReferenceError.self) { try ImageReference(text) }
  }

  @Test func tagReferencePulls() throws {
    let tag = TagReference(domain: "docker.io", path: "library/amazonlinux", tag: "latest")
    let digest = try Digest("sha256:" + String(repeating: "0", count: 64))
    #expect(tag.familiar == "amazonlinux:latest")
    #expect(tag.pull(digest) == "docker.io/library/amazonlinux@\(digest)")
    #expect(try ImageReference(tag.pull(digest)).digest == digest)
  }

  @Test(arguments: [
    ReferenceError.format, .uppercase(suggestion: "a/b"), .nameTooLong, .identifier, .digest(.format),
    .digest(.unsupportedAlgorithm), .digest(.length),
  ])
  func everyErrorExplainsItself(error: ReferenceError) {
    #expect(!error.explanation.isEmpty)
    #expect(!error.explanation.contains("\n"))
    if case .uppercase(let suggestion) = error { #expect(error.explanation.contains(suggestion)) }
  }
}
