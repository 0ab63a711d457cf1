// swift-tools-version: 6.3
import PackageDescription

let package = Package(
    name: "waybill",
    products: [
        .library(name: "ImportLog", targets: ["ImportLog"]),
        .executable(name: "waybill", targets: ["waybill"]),
    ],
    traits: [
        .trait(
            name: "FaultPoints",
            description: "Lets the environment variable WAYBILL_FAULT crash an import at a named step; for tests only.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CMalloc"),
        .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),

        .target(name: "LMDB", dependencies: ["CLMDB"]),
        .target(name: "Hashing", dependencies: ["CCrypto"]),
        .target(
            name: "EventLog", dependencies: ["Hashing", "LMDB"],
            swiftSettings: [.define("FAULT_POINTS", .when(traits: ["FaultPoints"]))]),
        .target(
            name: "ImportLog",
            dependencies: ["EventLog", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
            exclude: ["Protobuf/events.proto", "Protobuf/views.proto"]),
        .target(name: "Records"),
        .target(name: "Readers", dependencies: ["Records", "CArchive", "CCurl", "CExpat", "CZlib"]),
        .target(name: "Mapping", dependencies: ["Records"]),
        .target(name: "Destinations", dependencies: ["Records", "CPostgres", "CSQLite"]),
        .target(name: "Checks", dependencies: ["Records"]),
        .target(
            name: "ImportEngine",
            dependencies: [
                "ImportLog", "Hashing", "Records", "Readers", "Mapping", "Destinations", "Checks",
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(
            name: "waybill",
            dependencies: [
                "CMalloc", "ImportEngine", "ImportLog",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // A package of its own as far as access goes: it sees what a user of the library sees.
        .executableTarget(
            name: "FeedService", dependencies: ["ImportLog"], path: "docs/examples/FeedService", packageAccess: false),

        .target(
            name: "EventLogTestSupport", dependencies: ["EventLog", "Hashing"], path: "Tests/EventLogTestSupport"),
        .executableTarget(
            name: "EventLogProbe", dependencies: ["EventLog", "LMDB", "EventLogTestSupport"],
            path: "Tests/EventLogProbe"),
        .testTarget(name: "LMDBTests", dependencies: ["CLMDB", "LMDB", "EventLogTestSupport", "EventLogProbe"]),
        .testTarget(
            name: "EventLogTests",
            dependencies: [
                "EventLog", "Hashing", "LMDB", "EventLogTestSupport", "EventLogProbe",
            ]),
        .testTarget(
            name: "ImportLogTests",
            dependencies: ["ImportLog", "EventLog", "Hashing", "EventLogTestSupport", "EventLogProbe"],
            exclude: ["Golden"]),
        .testTarget(name: "ReadersTests", dependencies: ["Readers", "Records"]),
        .testTarget(name: "MappingTests", dependencies: ["Mapping", "Records"]),
        .target(name: "PostgreSQLTestSupport", path: "Tests/PostgreSQLTestSupport"),
        .testTarget(
            name: "DestinationsTests", dependencies: ["Destinations", "Records", "CSQLite", "PostgreSQLTestSupport"]),
        .testTarget(
            name: "ChecksTests",
            dependencies: ["Checks", "Records", "CSQLite", .product(name: "Yams", package: "Yams")]),
        .testTarget(
            name: "ImportEngineTests",
            dependencies: [
                "ImportEngine", "ImportLog", "Hashing", "Records", "EventLogTestSupport",
            ]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["waybill", "FeedService", "CSQLite", "EventLogTestSupport", "PostgreSQLTestSupport"],
            exclude: ["Support/kill.c"]),
    ]
)

for target in package.targets where target.type != .system {
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"),
            .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"),
        ]
}

// Optimising the tests takes longer than they take: what they test is optimised.
for target in package.targets where target.type == .test {
    target.swiftSettings?.append(.unsafeFlags(["-Onone"]))
}
