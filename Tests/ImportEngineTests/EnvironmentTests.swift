import Foundation
import ImportEngine
import Records
import Testing

/// Variables of the environment in waybill.yaml.
@Suite struct EnvironmentTests {
    private static let environment = [
        "WT_DB": "sqlite:/tmp/wt.db", "WT_EMPTY": "", "WT_PW": "p@ss/w:1%", "WT_N": "7",
    ]

    private func options(_ text: String) throws -> ImportOptions {
        let path = NSTemporaryDirectory() + UUID().uuidString + ".yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        var options = ImportOptions()
        options.configuration = try Configuration.read(path, environment: Self.environment)
        return options
    }

    @Test(arguments: [
        ("${WT_N}", "7"), ("a${WT_N}b${WT_N}", "a7b7"), ("${WT_NONE:-x y}", "x y"), ("${WT_EMPTY:-x}", "x"),
        ("${WT_N:-x}", "7"), ("${WT_NONE:-}z", "z"), ("${WT_EMPTY}t", "t"), ("$${WT_N}", "${WT_N}"),
        ("$$${WT_N}", "$${WT_N}"), ("$WT_N", "$WT_N"), ("$$", "$$"), ("a$", "a$"), ("{WT_N}", "{WT_N}"),
    ])
    func aVariableStandsForItsValue(_ written: String, _ read: String) throws {
        for quoted in ["'\(written)'", "\"\(written)\""] {
            let options = try options("sources: {a: {match: '*', into: 'sqlite:x.db', table: \(quoted)}}")
            #expect(try options.plan(for: "f.csv").section.table == read)
        }
    }

    @Test(arguments: [
        ("${WT_DB}", "sqlite:/tmp/wt.db"), ("postgres://u@${WT_NONE:-h}:5/d", "postgres://u@h:5/d"),
        // What a value has of a URL's own characters does not end the password, and none of it is shown.
        ("postgres://u:${WT_PW}@h/d", "postgres://u@h/d"), ("postgres://u:x${WT_PW}y@h/d", "postgres://u@h/d"),
    ])
    func aDestinationIsKnownWithoutItsSecrets(_ written: String, _ known: String) throws {
        let options = try options("sources: {a: {match: '*', into: '\(written)'}}")
        #expect(try options.plan(for: "f.csv").destination.description == known)
    }

    @Test(arguments: [
        ("${WT_NONE}", "line 4: the environment variable WT_NONE is not set", "$${WT_NONE}"),
        ("x${WT_N", "line 4: ${WT_N is not an environment variable", "$${WT_N"),
        ("${1}", "line 4: ${1} is not an environment variable", "$${1}"),
    ])
    func whatHasNoValueIsRefusedByNameAndLine(_ written: String, _ message: String, _ remedy: String) {
        let error = #expect(throws: DataError.self) {
            try options("sources:\n  a:\n    match: '*'\n    table: \(written)\n    into: sqlite:x.db").plan(
                for: "f.csv")
        }
        #expect(error?.message.contains(message) == true && error?.remedy?.contains(remedy) == true, "\(error as Any)")
    }

    /// One feed's secrets need not be there for another feed.
    @Test func aVariableIsAskedForWhereItsSourceIsUsed() throws {
        var options = try options(
            "sources:\n  a: {match: a.csv, into: '${WT_NONE}'}\n  b: {match: b.csv, into: 'sqlite:b.db'}")
        #expect(throws: DataError.self) { try options.plan(for: "a.csv") }
        #expect(try options.plan(for: "b.csv").section.table == nil)
        options.sourceName = "a"
        #expect(throws: DataError.self) { try options.plan(for: "b.csv") }
    }

    /// What a command has no use for, or a flag overrides, may be unset.
    @Test func aVariableIsAskedForWhereItsSettingIsUsed() throws {
        var options = try options(
            "sources:\n  a: {match: a.csv, into: '${WT_NONE}', table: '${WT_NONE}', checks: ['${WT_NONE}'], finalize: ['${WT_NONE}']}"
        )
        #expect(throws: DataError.self) { try options.inspectionPlan(for: "a.csv") }
        options.section.table = "t"
        #expect(try options.inspectionPlan(for: "a.csv").section.table == "t")
        options.destination = "sqlite:/tmp/x.db"
        #expect(throws: DataError.self, "an import runs closing SQL") { try options.plan(for: "a.csv") }
        options = try self.options("sources: {a: {match: a.csv, into: '${WT_NONE}', checks: ['${WT_NONE}']}}")
        let error = #expect(throws: DataError.self) { try options.plan(for: "a.csv") }
        #expect(error?.message.contains("WT_NONE is not set") == true)
        options.destination = "sqlite:/tmp/x.db"
        #expect(try options.plan(for: "a.csv").destination.description == "sqlite:/tmp/x.db")
    }

    @Test func anEmptyVariableIsNamed() throws {
        let options = try options("sources: {a: {match: a.csv, into: '${WT_EMPTY}'}}")
        let error = #expect(throws: DataError.self) { try options.plan(for: "a.csv") }
        #expect(error?.message.contains("${WT_EMPTY} is empty in the environment.") == true, "\(error as Any)")
    }

    @Test func noneMeansNoFile() throws { #expect(try Configuration.read("none") == nil) }
}
