/// What `Package.swift` says of its targets.
struct Manifest {
  struct Target {
    let name: String
    /// Where its files are, below the root.
    let folder: String
    /// The targets and products that it names.
    let dependencies: Set<String>
  }

  let targets: [Target]
  /// Those of the program itself.
  var rooms: [Target] { targets.filter { $0.folder.hasPrefix("Sources/") } }
  /// Those whose files are in `Tests`.
  var tests: [Target] { targets.filter { $0.folder.hasPrefix("Tests/") } }

  init(_ text: String) {
    let starts = text.matches(of: /\.(target|executableTarget|testTarget)\(\s*name: "(\w+)"/)
    targets = starts.indices.map { index in
      let match = starts[index]
      let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : text.endIndex
      let words = text[match.range.upperBound..<end]
      let list = words.firstMatch(of: /dependencies: \[([^\]]*)\]/)?.output.1 ?? ""
      let names = list.matches(of: /\.product\(name: "(\w+)", package: "[^"]+"\)|"(\w+)"/)
      let path = words.firstMatch(of: /path: "([^"]+)"/)?.output.1
      let name = String(match.output.2)
      return Target(
        name: name, folder: path.map(String.init) ?? (match.output.1 == "testTarget" ? "Tests/" : "Sources/") + name,
        dependencies: Set(names.compactMap { ($0.output.1 ?? $0.output.2).map(String.init) }))
    }
  }
}
