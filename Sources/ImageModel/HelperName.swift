/// The name of a credential helper: what follows `docker-credential-` in that of its program.
package enum HelperName {
  private static let prefix = "docker-credential-"

  /// Nothing that could lead to another directory, or to a program's options.
  package static func isValid(_ name: String) -> Bool {
    (1...100).contains(name.utf8.count)
      && name.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }

  /// What to do about a name that is that of the whole program; `nil` about any other.
  package static func advice(_ name: String) -> String? {
    guard isValid(name), name.hasPrefix(prefix), name != prefix else { return nil }
    return "write \"\(name.dropFirst(prefix.utf8.count))\", not \"\(name)\""
  }
}
