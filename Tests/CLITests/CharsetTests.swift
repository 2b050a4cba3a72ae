import Testing

@testable import watcher

/// Which characters text may have says the locale.
@Suite struct CharsetTests {
  @Test(
    arguments: [
      ([:], true), (["LANG": "C"], true), (["LANG": "POSIX"], true), (["LANG": "de_DE"], true),
      (["LANG": "de_DE.ISO-8859-1"], true), (["LANG": "C.UTF-8"], false), (["LANG": "en_US.utf8"], false),
      (["LANG": "de_DE.UTF-8@euro"], false), (["LC_ALL": "C", "LANG": "C.UTF-8"], true),
      (["LC_ALL": "", "LC_CTYPE": "C.UTF-8", "LANG": "C"], false), (["LC_CTYPE": "C", "LANG": "C.UTF-8"], true),
      (["LC_ALL": "C.UTF-8", "LC_CTYPE": "C"], false), (["LC_MESSAGES": "C.UTF-8"], true),
    ] as [([String: String], Bool)])
  func theLocaleDecides(environment: [String: String], isASCII: Bool) {
    #expect(Charset(environment: environment) == Charset(isASCII: isASCII))
  }

  @Test(
    arguments: [
      ("plain", "plain"), ("a – b · c…", "a - b | c..."), ("J\u{f6}rg \u{1f40b}", #"J\u{f6}rg \u{1f40b}"#),
      ("\u{1b}[31mred\u{1b}[0m\n", "\u{1b}[31mred\u{1b}[0m\n"),
    ])
  func othersAreWrittenInASCII(text: String, expected: String) {
    #expect(Charset(isASCII: true)(text) == expected)
    #expect(Charset(isASCII: true).bytes(text) == Array(expected.utf8))
    #expect(Charset(isASCII: false)(text) == text)
  }
}
