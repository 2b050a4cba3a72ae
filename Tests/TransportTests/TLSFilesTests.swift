import Foundation
import TestSupport
import Testing

@testable import Transport

/// Files that TLS settings name, looked at before the first request needs them.
@Suite struct TLSFilesTests {
  private let certificates: Certificates

  init() throws { certificates = try Certificates() }

  @Test func whatLibcurlTakesIsWithoutFault() throws {
    let client = try certificates.make(.client)
    #expect(TLSSettings().faults.isEmpty)
    #expect(
      TLSSettings(caFile: certificates.caFile, clientCertFile: client.certificate, clientKeyFile: client.key)
        .faults.isEmpty)
    let both = try certificates.write(text(client.certificate) + text(client.key), to: "both.pem")
    #expect(TLSSettings(clientCertFile: both).faults.isEmpty)
    let remarks = try certificates.write("a remark\n" + text(certificates.caFile) + "another\n", to: "remarks.pem")
    #expect(TLSSettings(caFile: remarks).faults.isEmpty)
  }

  @Test func eachThatIsNoneIsToldWithItsReason() throws {
    let (client, other) = (try certificates.make(.client), try certificates.make(.good))
    let expired = try certificates.make(.expired)
    let junk = try certificates.write("junk\n", to: "junk")
    let ca = try text(certificates.caFile)
    let damaged = try certificates.write(ca + ca.replacing("MII", with: "M!!"), to: "damaged")
    let locked = certificates.path("locked.key")
    let command = ["pkey", "-in", client.key, "-aes256", "-passout", "pass:x", "-out", locked]
    #expect(try Child("openssl", command).finish() == 0)

    let missing = certificates.path("missing")
    for (file, reason) in [
      (missing, "No such file or directory"), (certificates.folder.path, "Is a directory"),
      (junk, "no PEM certificate is in it"), (damaged, "a PEM certificate in it is damaged"),
      (client.key, "no PEM certificate is in it"),
    ] {
      #expect(TLSSettings(caFile: file).faults == [TLSFileFault(file: .ca, reason: reason)], "\(file)")
    }
    func pair(_ certificate: String, _ key: String?) -> [TLSFileFault] {
      TLSSettings(clientCertFile: certificate, clientKeyFile: key).faults
    }
    #expect(
      pair(client.certificate, other.key) == [
        TLSFileFault(file: .clientKey, reason: "its key is not that of the certificate in \(client.certificate)")
      ])
    #expect(pair(client.certificate, junk) == [TLSFileFault(file: .clientKey, reason: "no PEM private key is in it")])
    #expect(
      pair(client.certificate, nil) == [TLSFileFault(file: .clientCert, reason: "no PEM private key is in it")])
    #expect(pair(client.certificate, locked).first?.reason.contains("encrypted") == true)
    #expect(
      pair(expired.certificate, expired.key) == [
        TLSFileFault(file: .clientCert, reason: "its certificate has expired")
      ])
    #expect(pair(junk, missing).map(\.file) == [.clientCert, .clientKey])
  }

  private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}
