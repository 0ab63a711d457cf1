package import ImportLog
internal import Readers
internal import Records

/// What a user can say of an import, as text: from a command line, a form or a file. `plan(for:)` makes values of it.
package struct ImportOptions: Sendable {
    /// `sqlite:PATH`.
    package var destination: String
    package var table: String?
    /// Column names, separated by commas.
    package var key: String?
    package var mode = "insert"
    /// `auto`, `text`, or `price=numeric,qty=integer`.
    package var types = "auto"
    /// Column names, separated by commas.
    package var columns: String?
    package var delimiter: String?
    package var hasHeader = true
    package var encoding: String?
    package var nullSpellings: [String] = []
    package var maxFieldBytes = defaultMaxFieldBytes
    package var limits = LimitOptions()
    package var batch: ImportSubmitted.Batch?
    package var force = false

    package static let defaultMaxFieldBytes = CSVDialect.defaultMaxFieldBytes

    package init(destination: String) { self.destination = destination }

    /// - Throws: `DataError.unusableOption`, naming the option, for what is not possible.
    package func plan(for source: String) throws -> ImportPlan {
        var plan = ImportPlan(source: source, destination: try DestinationAddress(destination))
        plan.section.table = table
        plan.section.key = Self.names(key ?? "")
        plan.section.mode = try writeMode()
        plan.section.types = try columnTypes()
        plan.section.columns = columns.map(Self.names)
        plan.reading.csv = CSVOptions(
            delimiter: try delimiter.map(Self.delimiterByte), hasHeader: hasHeader,
            encoding: try encoding.map(Self.knownEncoding), nullSpellings: nullSpellings, maxFieldBytes: maxFieldBytes)
        _ = try limits.applied(to: ImportSubmitted.Limits())
        plan.limits = limits
        plan.batch = batch
        plan.force = force
        return plan
    }

    private func writeMode() throws -> WriteMode {
        guard let mode = WriteMode(rawValue: mode) else {
            throw Self.unusable("--mode", mode, WriteMode.allCases.map(\.rawValue).joined(separator: " or "))
        }
        if mode == .upsert && Self.names(key ?? "").isEmpty {
            throw DataError(.unusableOption, "--mode upsert needs the row's key.", remedy: "Add --key COLUMN[,COLUMN].")
        }
        return mode
    }

    private func columnTypes() throws -> SectionPlan.ColumnTypes {
        switch types {
        case "auto": return .inferred
        case "text": return .text
        default:
            var given: [String: ColumnType] = [:]
            for pair in Self.names(types) {
                guard let equals = pair.lastIndex(of: "="), equals > pair.startIndex,
                    let type = ColumnType(rawValue: String(pair[pair.index(after: equals)...]))
                else {
                    let known = ColumnType.allCases.map(\.rawValue).joined(separator: ", ")
                    throw Self.unusable("--types", pair, "auto, text, or COLUMN=TYPE,… with the types \(known)")
                }
                given[String(pair[..<equals])] = type
            }
            return .given(given)
        }
    }

    private static func delimiterByte(_ text: String) throws -> UInt8 {
        let character = ["tab": "\t", "\\t": "\t"][text] ?? text
        guard character.utf8.count == 1, let byte = character.utf8.first else {
            throw unusable("--delimiter", text, "one ASCII character, or tab")
        }
        return byte
    }

    private static func knownEncoding(_ name: String) throws -> TextEncoding {
        guard let encoding = TextEncoding(name: name) else {
            throw unusable("--encoding", name, "utf-8, latin1, windows-1252, utf-16, utf-16le or utf-16be")
        }
        return encoding
    }

    static func unusable(_ option: String, _ given: String, _ taken: String) -> DataError {
        DataError(.unusableOption, "\(option) does not take '\(given)'.", remedy: "It takes \(taken).")
    }

    /// The names between commas, without spaces around them.
    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { part in
            let start = part.drop { $0 == " " }
            return String(start.prefix(upTo: start.lastIndex { $0 != " " }.map(start.index(after:)) ?? start.endIndex))
        }
    }
}
