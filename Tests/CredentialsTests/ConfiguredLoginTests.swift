import FoundationEssentials
import Host
import TestSupport
import Testing

@testable import Credentials

@Suite struct ConfiguredLoginTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory()
    path = directory.path + "/secret"
  }

  private func write(_ text: String) throws { try Data(text.utf8).write(to: URL(filePath: path)) }

  @Test(arguments: [("pw\n", "pw"), ("pw\r\n", "pw"), ("pw", "pw"), (" p w \n", " p w "), ("pä:ss\n", "pä:ss")])
  func oneNewlineIsNoPartOfTheSecret(_ text: String, _ expected: String) throws {
    try write(text)
    let login = try ConfiguredLogin(.basic(username: "u", passwordFile: path))?.read()
    #expect(login == .basic(.init(username: "u", password: expected)))
  }

  @Test(arguments: ["", "\n", "user\npw\n", "pw\n\n", String(repeating: "x", count: 65_537)])
  func anUnusableFileSaysSo(_ text: String) throws {
    try write(text)
    let source = CredentialSource.basic(username: "u", passwordFile: path)
    #expect(throws: SecretText.Failure.self) { try ConfiguredLogin(source)?.read() }
    #expect(source.fault != nil)
  }

  @Test(arguments: ["a b", "a\nb", "ä"])
  func aTokenIsOneVisibleWord(_ text: String) throws {
    try write(text)
    #expect(throws: SecretText.Failure.self) { try ConfiguredLogin(.token(file: path))?.read() }
    try write("abc\n")
    #expect(try ConfiguredLogin(.token(file: path))?.read() == .bearer(token: "abc"))
  }
}
