import Testing

@testable import Addresses

@Suite("addresses by themselves")
struct AddressClassTests {
  @Test(
    "not public: first and last of each block",
    arguments: [
      "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
      "127.255.255.255", "169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0",
      "192.0.0.255", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0", "198.19.255.255",
      "198.51.100.7", "203.0.113.7", "224.0.0.0", "239.255.255.255", "240.0.0.0", "255.255.255.255",
      "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
      "100::1", "2001::1", "2001:0:ffff:ffff::", "2001:db8::1", "2002::1", "2002:7f00:1::", "3fff::1",
      "3fff:fff::1", "5f00::1", "fc00::1", "fdff::1", "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1",
      "168.63.129.16", "100.100.100.200", "64:ff9b::192.168.0.1", "64:ff9b::127.0.0.1",
      "64:ff9b::224.0.0.1", "64:ff9b:1::8.8.8.8", "::8.8.8.8", "2002:808:808::1",
    ])
  func special(text: String) throws {
    #expect(AddressClass(try #require(IPAddress(text))) != .public)
  }

  @Test(
    "public: the neighbours of the blocks",
    arguments: [
      "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
      "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
      "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b:2::1",
      "100:0:0:1::1", "2001:1::1", "2001:4860:4860::8888", "2001:db7::1", "2001:db9::1", "2003::1", "3ffe::1",
      "2606:4700::1111", "2a00::1", "168.63.129.17", "64:ff9b::8.8.8.8",
    ])
  func ordinary(text: String) throws {
    #expect(AddressClass(try #require(IPAddress(text))) == .public)
  }

  @Test(
    "link-local and metadata",
    arguments: [
      ("169.254.0.0", true), ("169.254.169.254", true), ("169.254.255.255", true), ("169.255.0.0", false),
      ("::ffff:169.254.169.254", true), ("64:ff9b::a9fe:a9fe", true), ("2002:a9fe:a9fe::", true), ("fe80::1", true),
      ("febf:ffff::", true), ("fec0::1", false), ("fd00:ec2::254", true), ("fd00:ec2::253", false),
      ("127.0.0.1", false), ("10.0.0.1", false), ("8.8.8.8", false), ("::1", false),
      ("168.63.129.16", true), ("168.63.129.15", false), ("100.100.100.200", true), ("100.100.100.201", false),
      ("192.0.0.192", true), ("192.0.0.193", false), ("fd00:ec2::23", true), ("fd20:ce::254", true),
      ("fd20:ce::253", false), ("fd00:c1::a9fe:a9fe", true), ("fd00:c1::1", false), ("fd00:42::42", true),
      // Inside other addresses: mapped, compatible, 6to4, and wherever a translator's prefix puts it.
      ("::ffff:168.63.129.16", true), ("::169.254.0.1", true), ("::168.63.129.16", true), ("::168.63.129.17", false),
      ("64:ff9b::100.100.100.200", true), ("64:ff9b::100.100.100.201", false), ("2002:c000:c0::1", true),
      ("64:ff9b:1::a9fe:1", true), ("64:ff9b:1:a9fe:1:100::", true), ("64:ff9b:1:a9:fe:1200::", true),
      ("64:ff9b:1:0:a9:fe01:200::", true), ("64:ff9b:1::a00:1", false), ("64:ff9b:2::a9fe:1", false),
    ])
  func linkLocal(text: String, expected: Bool) throws {
    #expect((AddressClass(try #require(IPAddress(text))) == .linkLocalOrMetadata) == expected)
  }

  @Test(
    "text in and out",
    arguments: [
      ("127.0.0.1", "127.0.0.1"), ("[::1]", "::1"), ("::ffff:1.2.3.4", "1.2.3.4"), ("2001:DB8::0", "2001:db8::"),
      ("0:0:0:0:0:0:0:1", "::1"), ("::1.2.3.4", "::102:304"), ("::0.0.3.4", "::304"), ("::0.1.3.4", "::1:304"),
      ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("0:0:0:0:0:0:0:0", "::"), ("::FFFF:7f00:1", "127.0.0.1"),
      ("1.2.3", nil), ("01.2.3.4", nil), ("::g", nil), ("", nil), ("fe80::1%eth0", nil), ("localhost", nil),
    ])
  func text(text: String, expected: String?) {
    #expect(IPAddress(text)?.description == expected)
  }

  @Test("only four or sixteen bytes are an address", arguments: 0...17)
  func bytes(count: Int) {
    #expect((IPAddress(bytes: [UInt8](repeating: 1, count: count)) != nil) == (count == 4 || count == 16))
  }

  @Test(
    "blocks",
    arguments: [
      ("10.0.0.0/8", "10.1.2.3", true), ("10.0.0.0/8", "11.0.0.0", false), ("0.0.0.0/0", "1.2.3.4", true),
      ("::/0", "1.2.3.4", false), ("::/0", "fe80::1", true), ("10.0.0.7", "10.0.0.7", true),
      ("10.0.0.7", "10.0.0.8", false),
      ("fd00::/8", "[fd12::1]", true),
    ])
  func blocks(block: String, address: String, isInside: Bool) throws {
    let block = try #require(AddressBlock(parsing: block))
    #expect(block.contains(try #require(IPAddress(address))) == isInside)
  }

  @Test(
    "no blocks", arguments: ["", "/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "::/129", "10/8", "a.test", "a/8"])
  func noBlocks(text: String) {
    #expect(AddressBlock(parsing: text) == nil)
  }
}
