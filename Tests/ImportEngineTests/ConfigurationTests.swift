import Foundation
import ImportEngine
import ImportLog
import Records
import Testing

@Suite struct ConfigurationTests {
    private func configuration(_ text: String) throws -> Configuration? {
        let path = NSTemporaryDirectory() + UUID().uuidString + ".yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Configuration.read(path)
    }

    private static let shop = """
        sources:
          prices:
            match: ["prices-*.csv", "*.tsv"]
            into: sqlite:/tmp/shop.db
            table: prices
            key: [shop, sku]
            mode: upsert
            delimiter: tab
            max_records: 10000
            chunk_size: 100
            sections:
              visits: {table: log, after: places}
              places: {key: id}
          other:
            into: sqlite:/tmp/other.db
        """

    private func options(_ text: String = shop) throws -> ImportOptions {
        var options = ImportOptions()
        options.configuration = try configuration(text)
        return options
    }

    @Test(arguments: [("in/prices-2.csv", "prices"), ("X.TSV", "prices"), ("aprices-2.csv", nil)])
    func aSourceIsFoundByItsFilesName(_ file: String, _ table: String?) throws {
        let options = try options()
        if let table {
            let plan = try options.plan(for: file)
            #expect(plan.section.table == table)
            #expect(plan.section.key == ["shop", "sku"])
        } else {
            #expect(throws: DataError.self, "no destination is known") { try options.plan(for: file) }
        }
    }

    @Test func aSourceIsFoundByItsNameAndAnUnknownNameIsRefused() throws {
        var options = try options()
        options.sourceName = "other"
        #expect(try options.plan(for: "x.csv").destination.description == "sqlite:/tmp/other.db")
        options.sourceName = "others"
        let error = #expect(throws: DataError.self) { try options.plan(for: "x.csv") }
        #expect(error?.remedy == "Did you mean 'other'? It has: prices, other.")
    }

    @Test func flagsGoBeforeTheEnvironmentAndThatBeforeTheFile() throws {
        var options = try options()
        func chunk() throws -> UInt64 {
            try Limits(options.plan(for: "prices-1.csv").limits).applied(to: ImportSubmitted.Limits()).chunkRecords
        }
        #expect(try chunk() == 100)
        options.environment = LimitSettings(environment: ["WAYBILL_CHUNK_SIZE": "200", "WAYBILL_TIMEOUT": ""])
        #expect(try chunk() == 200)
        options.limits.setByFlag(.chunkSize, nil)
        #expect(try chunk() == 200)
        options.limits.setByFlag(.chunkSize, "300")
        #expect(try chunk() == 300)
    }

    /// Nothing on the command line turns such a setting off.
    @Test(
        arguments: [
            ("insert", nil, "insert"), ("delete", nil, "delete"), ("versioned", nil, "versioned"),
            (nil, "skip", "insert"),
            (nil, "update", "upsert"), ("update", nil, "update"), ("upsert", nil, "upsert"), (nil, nil, "upsert"),
        ] as [(String?, String?, String)])
    func settingsThatAnotherModeHasNoUseForDoNotCount(_ mode: String?, _ onDuplicate: String?, _ used: String) throws {
        var options = try options(
            "sources: {a: {match: '*', into: 'sqlite:t.db', key: id, mode: upsert, keep_non_null: true, new_columns: add, "
                + "default_if_empty: n}}")
        (options.section.mode, options.section.onDuplicate) = (mode, onDuplicate)
        let section = try options.plan(for: "items.csv").section
        #expect(section.mode.rawValue == used)
        #expect(section.writing.keepsNonNull == ["update", "upsert"].contains(used))
        #expect(section.writing.addsColumns == (used != "delete"))
        #expect(section.writing.defaultIfEmpty == (["insert", "upsert"].contains(used) ? ["n"] : []))
    }

    @Test(arguments: [
        ("sources: {a: {tabel: x}}", "no setting 'tabel'", "Did you mean 'table'?"),
        ("sourcs: {}", "no setting 'sourcs'", "Did you mean 'sources'?"),
        ("sources: {a: {sections: {b: {requird: true}}}}", "no setting 'requird'", "Did you mean 'required'?"),
        ("sources: {a: {zzzz: x}}", "no setting 'zzzz'", "Settings there: match"),
        (
            "into: sqlite:t.db", "'into' belongs under a source, not at the top level",
            "sources:\n  NAME:\n    into: …"
        ),
        ("sources: {a: {header: maybe}}", "'maybe' is not a valid value for sources.a.header", "true or false"),
        (
            "sources: {a: {mode: upsertt}}", "'upsertt' is not a valid value for sources.a.mode",
            "insert, update, upsert"
        ),
        ("sources: {a: {on_duplicate: ignore}}", "sources.a.on_duplicate", "reject, skip, update"),
        ("sources: {a: {new_columns: yes}}", "sources.a.new_columns", "reject, ignore, add"),
        ("sources: {a: {types: {n: text}}}", "sources.a.types", "price=numeric"),
        ("sources: [1, 2", "is not valid YAML", "indent"),
        ("sources: {a: {sections: {b: {key: {}}}}}", "sources.a.sections.b.key", "one value"),
    ])
    func whatTheFileMayNotSayIsToldWithItsPlace(_ text: String, _ message: String, _ remedy: String) {
        let error = #expect(throws: DataError.self) { try configuration(text) }
        #expect(error?.message.contains(message) == true, "\(String(describing: error))")
        #expect(error?.message.contains("line 1") == true || message.contains("YAML"))
        #expect(error?.remedy?.contains(remedy) == true, "\(String(describing: error))")
    }

    @Test func aBadLimitIsToldWithWhoSetIt() throws {
        for (settings, place) in [
            (
                LimitSettings(environment: ["WAYBILL_MAX_FILE_SIZE": "12 apples"]),
                "WAYBILL_MAX_FILE_SIZE: '12 apples' is not a valid value for max_file_size"
            ),
            (
                LimitSettings(environment: ["WAYBILL_MAX_RECORDS": "0"]),
                "WAYBILL_MAX_RECORDS: '0' is not a valid value for max_records"
            ),
            (
                LimitSettings(environment: ["WAYBILL_ON_ERROR": "stop"]),
                "WAYBILL_ON_ERROR: 'stop' is not a valid value for on_error"
            ),
        ] {
            let error = #expect(throws: DataError.self) { try Limits(settings) }
            #expect(error?.message.hasPrefix(place) == true, "\(String(describing: error))")
        }
        var flags = LimitSettings()
        flags.setByFlag(.maxFileSize, "12 apples")
        let error = #expect(throws: DataError.self) { try Limits(flags) }
        #expect(error?.message == "'12 apples' is not a valid value for --max-file-size.")
    }
}
