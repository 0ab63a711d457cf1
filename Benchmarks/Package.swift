// swift-tools-version: 6.2
import PackageDescription

// Measures the parts that are alone. A package of its own, so that nobody who uses Waybill builds it. Its library
// targets are links to Waybill's: all of them are one package here, so that the programs reach what has package access.
let package = Package(
    name: "waybill-benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0")
    ],
    targets: [
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb"),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib"),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl"),
        .systemLibrary(name: "CExpat", pkgConfig: "expat"),
        .target(name: "LMDB", dependencies: ["CLMDB"]),
        .target(name: "Hashing", dependencies: ["CCrypto"]),
        .target(name: "EventLog", dependencies: ["Hashing", "LMDB"]),
        .target(
            name: "ImportLog",
            dependencies: ["EventLog", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Protobuf/events.proto", "Protobuf/views.proto"]),
        .target(name: "Records"),
        .target(name: "Readers", dependencies: ["Records", "CArchive", "CCurl", "CExpat", "CZlib"]),

        .target(name: "PutBaseline", linkerSettings: [.linkedLibrary("lmdb")]),
        .executableTarget(name: "log-bench", dependencies: ["EventLog", "ImportLog", "PutBaseline"]),
        .executableTarget(name: "parser-bench", dependencies: ["Readers", "Records"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
    ]
}
