// swift-tools-version: 6.1
import PackageDescription

// One target per room; docs/architecture.md says what each is for and which arrows may exist.
// Tests/HouseTests compares this file and every `import` with that table.

let package = Package(
  name: "watcher",
  products: [
    .executable(name: "watcher", targets: ["watcher"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(name: "COpenSSL", linkerSettings: [.linkedLibrary("crypto")]),
    .target(name: "CSignals"),
    .target(
      name: "CZstd", exclude: ["manifests-1.dict", "configs-1.dict", "events-1.dict"],
      linkerSettings: [.linkedLibrary("zstd")]),
    .target(name: "Compression", dependencies: ["CZstd"]),
    .target(name: "Addresses"),
    .target(name: "ImageModel"),
    .target(name: "StrictJSON"),
    .target(name: "Host", dependencies: ["CSignals", "ImageModel"]),
    .target(name: "Hashing", dependencies: ["COpenSSL", "ImageModel"]),
    .target(name: "Documents", dependencies: ["Hashing", "ImageModel", "StrictJSON"]),
    .target(name: "Transport", dependencies: ["CCurl", "COpenSSL", "Addresses", "Host", "ImageModel"]),
    .target(
      name: "Registry",
      dependencies: [
        "Addresses", "Credentials", "Documents", "Hashing", "Host", "ImageModel", "StrictJSON", "Transport",
      ]),
    .target(
      name: "Credentials",
      dependencies: [
        "Host", "ImageModel", "StrictJSON", .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ]),
    .target(name: "Drift", dependencies: ["ImageModel"]),
    .target(
      name: "Schedule",
      dependencies: ["ImageModel", .product(name: "HeapModule", package: "swift-collections")]),
    .target(
      name: "History",
      dependencies: ["Compression", "Host", "ImageModel", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(name: "Delivery", dependencies: ["Hashing", "Host", "ImageModel", "Messages", "Transport"]),
    .target(
      name: "Endpoint",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .target(name: "Messages", dependencies: ["ImageModel", "StrictJSON"]),
    .target(name: "Hints", dependencies: ["Config", "Hashing", "ImageModel", "StrictJSON"]),
    .target(name: "Config", dependencies: ["Addresses", "StrictJSON", "ImageModel", "Messages"]),
    .target(name: "Containers", dependencies: ["Config", "Documents", "History", "ImageModel", "StrictJSON"]),
    .target(
      name: "Imports",
      dependencies: ["Config", "Containers", "ImageModel", "StrictJSON", .product(name: "Yams", package: "Yams")]),
    .target(name: "Recording", dependencies: ["Documents", "Drift", "History", "ImageModel"]),
    .target(
      name: "Polling",
      dependencies: ["Drift", "History", "Host", "ImageModel", "Recording", "Registry", "Schedule"]),
    .target(name: "Control", dependencies: ["History", "Host", "ImageModel", "StrictJSON"]),
    .target(name: "Comparison", dependencies: ["Documents", "Drift", "ImageModel"]),
    .target(name: "Pages", dependencies: ["Answers", "Comparison", "History", "ImageModel", "Messages"]),
    .target(
      name: "Answers", dependencies: ["Comparison", "Containers", "History", "ImageModel", "Imports", "StrictJSON"]),
    .target(name: "Questions", dependencies: ["Answers", "Comparison", "Config", "History", "Host", "ImageModel"]),
    .target(name: "API", dependencies: ["Config", "History", "ImageModel", "Questions"]),
    .target(
      name: "Service",
      dependencies: [
        "Addresses", "Answers", "API", "Comparison", "Config", "Containers", "Control", "Credentials", "Delivery",
        "Documents", "Endpoint", "Hashing", "Hints", "History", "Host", "ImageModel", "Messages", "Pages", "Polling",
        "Questions", "Recording", "Registry", "Schedule", "Transport",
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "watcher",
      dependencies: [
        "Answers", "Comparison", "Config", "Containers", "Control", "CSignals", "History", "Host", "ImageModel",
        "Imports", "Messages", "Questions", "Service",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests: one target per room, helpers in TestSupport.
    .target(
      name: "TestSupport", dependencies: ["Hashing", "History", "ImageModel"], path: "Tests/TestSupport"),
    .testTarget(name: "HouseTests"),
    .testTarget(name: "AddressesTests", dependencies: ["Addresses"]),
    .testTarget(name: "ImageModelTests", dependencies: ["ImageModel", "TestSupport"]),
    .testTarget(name: "HostTests", dependencies: ["Host", "ImageModel"]),
    .testTarget(name: "StrictJSONTests", dependencies: ["StrictJSON"]),
    .testTarget(name: "CredentialsTests", dependencies: ["Credentials", "Host", "ImageModel", "TestSupport"]),
    .testTarget(
      name: "CompressionTests", dependencies: ["Compression", "CZstd", "Hashing", "ImageModel", "TestSupport"]),
    .testTarget(name: "HashingTests", dependencies: ["Hashing", "ImageModel"]),
    .testTarget(
      name: "TransportTests", dependencies: ["ImageModel", "Transport", "TestSupport"]),
    .testTarget(
      name: "RegistryTests",
      dependencies: [
        "Credentials", "Host", "Documents", "Registry", "Transport", "Hashing", "StrictJSON", "ImageModel",
        "TestSupport",
      ]),
    .testTarget(
      name: "DocumentsTests", dependencies: ["Documents", "Hashing", "ImageModel", "StrictJSON", "TestSupport"]),
    .testTarget(name: "DriftTests", dependencies: ["Drift", "ImageModel", "Schedule", "TestSupport"]),
    .testTarget(name: "ScheduleTests", dependencies: ["Schedule", "ImageModel", "TestSupport"]),
    .testTarget(
      name: "HistoryTests",
      dependencies: [
        "Compression", "Host", "History", "ImageModel", "Schedule", "TestSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      exclude: ["fixtures"]),
    .testTarget(
      name: "DeliveryTests", dependencies: ["Delivery", "ImageModel", "Messages", "TestSupport", "Transport"]),
    .testTarget(name: "EndpointTests", dependencies: ["Endpoint", "TestSupport"]),
    .testTarget(
      name: "HintsTests", dependencies: ["Hashing", "Hints", "ImageModel", "TestSupport"], exclude: ["payloads"]),
    .testTarget(name: "ConfigTests", dependencies: ["Config", "ImageModel", "TestSupport"], exclude: ["fixtures"]),
    .testTarget(
      name: "ImportsTests", dependencies: ["Config", "ImageModel", "Imports"], exclude: ["fixtures"]),
    .testTarget(
      name: "MessagesTests", dependencies: ["ImageModel", "Messages", "StrictJSON", "TestSupport"],
      exclude: ["golden", "others"]),
    .testTarget(
      name: "RecordingTests", dependencies: ["Drift", "History", "ImageModel", "Recording", "TestSupport"]),
    .testTarget(
      name: "PollingTests",
      dependencies: [
        "Containers", "Drift", "Hashing", "History", "Host", "ImageModel", "Polling", "Recording", "Registry",
        "Schedule",
        "TestSupport", "Transport", .product(name: "GRDB", package: "GRDB.swift"),
      ]),
    .testTarget(
      name: "ControlTests", dependencies: ["Control", "History", "Host", "ImageModel", "StrictJSON", "TestSupport"]),
    .testTarget(
      name: "ComparisonTests", dependencies: ["Comparison", "Documents", "Hashing", "ImageModel", "TestSupport"]),
    .testTarget(
      name: "ContainersTests", dependencies: ["Containers", "History", "ImageModel", "TestSupport"]),
    .testTarget(
      name: "PagesTests",
      dependencies: ["Answers", "Comparison", "Hashing", "History", "ImageModel", "Pages", "TestSupport"],
      exclude: ["golden"]),
    .testTarget(name: "AnswersTests", dependencies: ["Answers", "Containers", "History", "ImageModel", "TestSupport"]),
    .testTarget(name: "QuestionsTests", dependencies: ["History", "ImageModel", "Questions", "TestSupport"]),
    .testTarget(name: "APITests", dependencies: ["API", "History", "ImageModel", "Questions", "TestSupport"]),
    .testTarget(
      name: "ServiceTests",
      dependencies: [
        "Config", "Containers", "Control", "Delivery", "Endpoint", "Hashing", "History", "Host", "ImageModel",
        "Messages", "Polling", "Recording", "Registry", "Schedule", "Service", "TestSupport", "Transport",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "InMemoryLogging", package: "swift-log"), .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "Answers", "watcher", "Containers", "Service", "History", "Config", "ImageModel", "Questions", "TestSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], exclude: ["screens"]),
    .testTarget(
      name: "BlackBoxTests",
      dependencies: [
        "watcher", "Compression", "TestSupport", "Endpoint", "Hashing", "History", "ImageModel", "Polling", "Recording",
        "Registry",
        "Schedule", "Service", "StrictJSON", "Transport",
      ],
      exclude: ["FaultShim", "Namespace"]),
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "Addresses", "API", "Compression", "Config", "Containers", "Control", "Delivery", "Documents", "Endpoint",
        "Hashing", "Hints",
        "History", "ImageModel", "Imports", "Messages", "Questions", "Registry", "StrictJSON", "Transport",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
      ],
      exclude: ["Program", "corpus"]),
  ],
  swiftLanguageModes: [.v6]
)

// For scripts/fuzz, which says where libFuzzer is: the same targets as a program of its own, with whatever they read
// instrumented.
if let library = Context.environment["WATCHER_FUZZ_LIBRARY"] {
  let fuzzed = package.targets.first { $0.name == "FuzzTests" }?.dependencies ?? []
  package.targets.removeAll { $0.type == .test }
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: fuzzed, path: "Tests/FuzzTests", exclude: ["Tests", "Driver", "corpus"],
      linkerSettings: [.unsafeFlags([library, "-lstdc++", "-lm"])]))
  for target in package.targets { target.swiftSettings = [.unsafeFlags(["-sanitize=fuzzer"])] }
}

// A file says what it uses: an import is this file's alone, and brings the members of that module and no other's.
for target in package.targets {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("MemberImportVisibility"), .enableUpcomingFeature("InternalImportsByDefault"),
    ]
}
