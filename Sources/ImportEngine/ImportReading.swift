internal import ImportLog
internal import Readers
internal import Records

/// A source opened for reading, and how its columns go into the table.
struct ImportReading {
    var reader: CSVReader
    var columns: [Column]

    /// Opens a source for the first time: finds out how it is written and guesses the types that were not given.
    init(plan: ImportPlan, path: String) throws {
        var reader = try CSVReader(source: FileSource(path: path), options: plan.csv)
        let names = try Self.names(given: plan.columns, inSource: reader.columns)
        columns = try Self.columns(names, types: plan.types) {
            var sample = Chunk()
            _ = try reader.fill(&sample, limit: Self.sampleLimit)
            let types = TypeInference.types(in: sample)
            try reader.seek(to: reader.dataStart)
            return types
        }
        self.reader = reader
    }

    /// Opens a source again the way it was read before, and goes to `place`.
    init(submitted: ImportSubmitted, place: RecordLocation) throws {
        let reading = submitted.reading
        guard let encoding = TextEncoding(name: reading.encoding), let delimiter = reading.delimiter.utf8.first else {
            throw DataError(
                .malformed,
                "The log says that the source is written in '\(reading.encoding)' with the delimiter "
                    + "'\(reading.delimiter)', which this version cannot read.",
                remedy: "Use the version that began it.")
        }
        let dialect = CSVDialect(
            delimiter: delimiter, hasHeader: reading.hasHeader, encoding: encoding,
            nullSpellings: reading.nullSpellings, maxFieldBytes: Int(clamping: reading.maxFieldBytes))
        reader = try CSVReader(
            source: FileSource(path: submitted.source), dialect: dialect, columns: reading.sourceColumns,
            dataStart: RecordLocation(byteOffset: reading.dataOffset, line: reading.dataLine))
        try reader.seek(to: place)
        columns = submitted.columns.map {
            Column(name: $0.name, type: ColumnType(rawValue: $0.type) ?? .text, isInferred: $0.isInferred)
        }
    }

    /// Where reading begins.
    var start: RecordLocation { reader.location }

    /// How many records and bytes the guess of the types looks at.
    private static let sampleLimit = ChunkLimit(records: 10_000, bytes: 1 << 20)

    private static func names(given: [String]?, inSource: [String]) throws -> [String] {
        guard let given else { return inSource }
        guard given.count == inSource.count else {
            throw DataError(
                .unusableOption,
                "--columns names \(given.count) columns, but the source has \(inSource.count): "
                    + inSource.joined(separator: ", ") + ".",
                remedy: "Name each column of the source once, in its order.")
        }
        return given
    }

    private static func columns(_ names: [String], types: ImportPlan.ColumnTypes, guess: () throws -> [ColumnType])
        throws
        -> [Column]
    {
        switch types {
        case .text:
            return names.map { Column(name: $0, type: .text, isInferred: false) }
        case .inferred:
            return try zip(names, guess()).map { Column(name: $0, type: $1, isInferred: true) }
        case .given(let given):
            let unknown = given.keys.filter { !names.contains($0) }.sorted()
            guard unknown.isEmpty else {
                throw DataError(
                    .unusableOption,
                    "--types names columns that the source does not have: "
                        + unknown.joined(separator: ", ") + ".",
                    remedy: "It has: " + names.joined(separator: ", ") + ".")
            }
            return try zip(names, guess()).map { name, guess in
                Column(name: name, type: given[name] ?? guess, isInferred: given[name] == nil)
            }
        }
    }

    /// What the log keeps, so that the source can be read in the same way later.
    var recorded: ImportSubmitted.Reading {
        var recorded = ImportSubmitted.Reading()
        recorded.format = "csv"
        recorded.delimiter = String(UnicodeScalar(reader.dialect.delimiter))
        recorded.hasHeader = reader.dialect.hasHeader
        recorded.encoding = reader.dialect.encoding.rawValue
        recorded.nullSpellings = reader.dialect.nullSpellings
        recorded.dataOffset = reader.dataStart.byteOffset
        recorded.dataLine = reader.dataStart.line
        recorded.sourceColumns = reader.columns
        recorded.maxFieldBytes = UInt64(reader.dialect.maxFieldBytes)
        return recorded
    }
}
