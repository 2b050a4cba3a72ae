import Testing

@testable import Transport

/// Where a dialogue ended, by what was said in it.
@Suite struct MailDialogueTests {
  /// - Parameter lines: ours begin with `>`.
  private func dialogue(_ lines: String..., secrets: [String] = []) -> MailDialogue {
    var dialogue = MailDialogue(secrets: secrets)
    for line in lines {
      if line.hasPrefix(">") { dialogue.sent(line.dropFirst() + "\r\n") } else { dialogue.received(line + "\r\n") }
    }
    return dialogue
  }

  @Test func whoIsRefusedIsCounted() {
    let dialogue = dialogue(
      "220 hello", ">EHLO me", "250-mail", "250 SIZE", ">MAIL FROM:<a@b>", "250 ok", ">RCPT TO:<c@d>", "250 ok",
      ">RCPT TO:<e@f>", "550-5.1.1 nobody", "550 here", ">QUIT", "221 bye")
    #expect(dialogue.step == .recipient(1) && dialogue.refusal?.code == 550)
    #expect(dialogue.refusal?.words == "5.1.1 nobody here")
  }

  @Test func whatIsNoRefusalIsNone() {
    #expect(dialogue("220 hello").refusal == nil)
    #expect(dialogue("220 hello", ">EHLO me").refusal == nil)
    #expect(dialogue("554-go", ">EHLO me").refusal == nil, "it is not complete, and not of this command")
    #expect(dialogue("999 what").refusal == nil && dialogue("hello").refusal == nil && dialogue("").refusal == nil)
    #expect(dialogue("554").refusal?.code == 554)
    let given = dialogue(">MAIL FROM:<a@b>", "250 ok", ">RCPT TO:<c@d>", "250 ok", ">DATA", "354 go on")
    #expect(given.step == .content && given.refusal == nil)
  }

  @Test func theSecondReplyToTheMailCounts() {
    let dialogue = dialogue(">DATA", "354 go on", "552 too much")
    #expect(dialogue.refusal?.code == 552 && dialogue.refusal?.words == "too much")
  }

  /// What proves who we are may look like a command, in a reply as well.
  @Test func secretsAreNotRepeated() {
    let plain = dialogue(">AUTH PLAIN", "334 ", ">AHcAc2VjcmV0", "535 AHcAc2VjcmV0 is not you")
    #expect(plain.step == .login && plain.refusal?.words == "its reply repeats a secret")
    let strange = dialogue(">AUTH LOGIN", "334 VXNlcm5hbWU6", ">DATA", "334 UGFzc3dvcmQ6", ">QUIT", "535 no")
    #expect(strange.step == .login && strange.refusal?.code == 535)
    #expect(dialogue("554 geheim42 is a word", secrets: ["geheim42"]).refusal?.words == "its reply repeats a secret")
    let past = dialogue(">AUTH PLAIN AHcAc2VjcmV0", "235 ok", ">MAIL FROM:<a@b>", "550 not as AHcAc2VjcmV0")
    #expect(past.step == .sender && past.refusal?.words == "its reply repeats a secret")
  }

  /// The names of mechanisms are none.
  @Test func whyALogInIsRefusedIsTold() {
    let refused = dialogue(">AUTH PLAIN AHcAc2VjcmV0", "504 5.5.4 AUTH PLAIN is not supported, nor LOGIN")
    #expect(refused.refusal?.words == "5.5.4 AUTH PLAIN is not supported, nor LOGIN" && refused.didLogIn)
    #expect(!dialogue(">EHLO me", "250 ok", ">MAIL FROM:<a@b>").didLogIn)
  }

  @Test func repliesAreBounded() {
    var dialogue = MailDialogue(secrets: [])
    for _ in 0..<10_000 { dialogue.received("554-again and again\r\n") }
    dialogue.received("554 end\r\n")
    #expect((dialogue.refusal?.words?.utf8.count ?? 0) < 1_000)
  }
}
