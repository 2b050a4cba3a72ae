import ImageModel
import Testing

@Suite struct HelperNameTests {
  @Test func aNameIsPartOfAFileNameAndNoMore() {
    for name in ["pass", "ecr-login", "a.b_C-9", String(repeating: "a", count: 100)] {
      #expect(HelperName.isValid(name), "\(name)")
    }
    for name in ["", "../evil", "a b", "a\0", "ä", "$x", String(repeating: "a", count: 101)] {
      #expect(!HelperName.isValid(name), "\(name)")
    }
  }

  @Test func thatOfTheWholeProgramIsSetRight() {
    #expect(HelperName.advice("docker-credential-pass") == #"write "pass", not "docker-credential-pass""#)
    for name in ["pass", "docker-credential-", "docker-credential-\u{1b}"] { #expect(HelperName.advice(name) == nil) }
  }
}
