import Foundation
import Testing

/// Holds the table of docs/architecture.md: what each target may import of this package and of others.
@Suite struct ArchitectureTests {
    static let allowed: [String: Set<String>] = [
        "LMDB": ["CLMDB"],
        "Hashing": ["CCrypto"],
        "EventLog": ["LMDB", "Hashing"],
        "ImportLog": ["EventLog", "SwiftProtobuf"],
        "Records": [],
        "Readers": ["Records", "CArchive", "CCurl", "CExpat", "CZlib"],
        "Mapping": ["Records"],
        "Checks": ["Records"],
        "Destinations": ["Records", "CPostgres", "CSQLite"],
        "ImportEngine": ["ImportLog", "Records", "Readers", "Mapping", "Destinations", "Checks", "Hashing", "Yams"],
        "waybill": ["CMalloc", "ImportEngine", "ImportLog", "ArgumentParser"],
    ]

    /// Modules of the toolchain, which everybody may import.
    static let toolchain: Set = ["Glibc", "Dispatch", "Synchronization", "FoundationEssentials", "Foundation"]

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func swiftFiles(of target: String) -> [URL] {
        let directory = root.appendingPathComponent("Sources/\(target)")
        let files = FileManager.default.enumerator(at: directory, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
    }

    @Test(arguments: allowed.keys.sorted())
    func aTargetImportsOnlyWhatTheTableAllows(_ target: String) throws {
        let files = Self.swiftFiles(of: target)
        try #require(!files.isEmpty)
        for file in files {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let index = words.firstIndex(of: "import"), index <= 1, words.count > index + 1,
                    index == 0 || ["internal", "package", "public", "private", "fileprivate"].contains(words[0])
                else { continue }
                let module = String(words[index + 1])
                let isAllowed = Self.toolchain.contains(module) || Self.allowed[target]?.contains(module) == true
                #expect(isAllowed, "\(target)/\(file.lastPathComponent) imports \(module)")
                let isC = module.hasPrefix("C") && module.dropFirst().first?.isUppercase == true
                if isC { #expect(words[0] == "internal", "\(file.lastPathComponent) shows a C module's types") }
            }
        }
    }

    /// A command that is shown must be whole: an import from a pipe has neither a destination nor a table of its own.
    @Test(arguments: allowed.keys.sorted())
    func everyImportFromAPipeIsShownWhole(_ target: String) throws {
        for file in Self.swiftFiles(of: target) where file.lastPathComponent != "DataError.swift" {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(!text.contains("waybill import - "), "\(file.lastPathComponent)")
        }
    }

    /// A library's errors are for services that have no command line: commands and flags are worded by the engine.
    @Test(arguments: ["LMDB", "EventLog", "ImportLog"]) func noErrorOfTheLibraryNamesACommand(_ target: String) throws {
        for file in Self.swiftFiles(of: target) where !file.lastPathComponent.hasSuffix(".pb.swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.firstRange(of: /"[^"\n]*(waybill [a-z]|--[a-z])/) == nil, "\(file.lastPathComponent)")
        }
    }

    @Test func theTableNamesEveryTarget() throws {
        let folders = try FileManager.default.contentsOfDirectory(
            atPath: Self.root.appendingPathComponent("Sources").path)
        let cModules: Set = [
            "CLMDB", "CPostgres", "CSQLite", "CArchive", "CCrypto", "CCurl", "CExpat", "CMalloc", "CZlib",
        ]
        #expect(Set(folders).subtracting(cModules) == Set(Self.allowed.keys))
    }

    @Test(arguments: allowed.keys.filter { $0 != "waybill" }.sorted())
    func aLibraryNeverPrints(_ target: String) throws {
        for file in Self.swiftFiles(of: target) where !file.lastPathComponent.hasSuffix(".pb.swift") {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.firstRange(of: /(^|[^A-Za-z_.])print\(/) == nil, "\(file.lastPathComponent)")
        }
    }
}
