import Testing

@testable import Service

@Suite struct CertificateFoldersTests {
  private func paths(_ host: String, _ environment: [String: String] = [:]) -> [String] {
    CertificateFolders(environment: environment).paths(for: host)
  }

  @Test func theUsersComeBeforeTheMachines() {
    let machine = ["/etc/containers/certs.d/r.test:5000", "/etc/docker/certs.d/r.test:5000"]
    #expect(paths("r.test:5000") == machine)
    let own = ["/h/.config/containers/certs.d/r.test:5000", "/h/.config/docker/certs.d/r.test:5000"]
    #expect(paths("r.test:5000", ["HOME": "/h"]) == own + machine)
    #expect(paths("r.test:5000", ["HOME": "/h", "XDG_CONFIG_HOME": "/x"]).first == "/x/containers/certs.d/r.test:5000")
    #expect(paths("r.test:5000", ["HOME": "h", "XDG_CONFIG_HOME": "x"]) == machine)
  }

  /// A name with a port is another one than without; Docker Hub's is `docker.io`, and then where its API is.
  @Test func aHostIsNamedAsItIsWritten() {
    #expect(paths("r.test") == ["/etc/containers/certs.d/r.test", "/etc/docker/certs.d/r.test"])
    #expect(
      paths("docker.io")
        == ["docker.io", "registry-1.docker.io"].flatMap { name in
          ["/etc/containers/certs.d/\(name)", "/etc/docker/certs.d/\(name)"]
        })
  }
}
