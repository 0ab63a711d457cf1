internal import ImportEngine
internal import ImportLog

/// What a source holds, as JSON.
struct InspectionDocument: Encodable {
    private struct Section: Encodable {
        var section: String
        var table: String
        var format: String
        var encoding: String
        var delimiter: String?
        var header: Bool?
        var records: Records?
        var columns: [Column]
        var rows: [[String?]]
        var rejects: [Rejected]
    }

    private struct Records: Encodable {
        var count: UInt64
        var exact: Bool
    }

    private struct Column: Encodable {
        var name: String
        var type: String
        var inferred: Bool
        var doubt: Doubt?
    }

    private struct Doubt: Encodable {
        var type: String
        var line: UInt64
        var value: String
        var nulls: [String]

        init(_ doubt: TypeDoubt) {
            type = doubt.type
            line = doubt.line
            value = doubt.value
            nulls = doubt.nulls
        }
    }

    private struct Rejected: Encodable {
        var line: UInt64
        var record: UInt64
        var code: String
        var message: String
    }

    private let source: String
    private let container: String?
    private let size: UInt64?
    private let batch: ImportSubmitted.Batch?
    private let sections: [Section]
    private let leftOut: [LeftOutPart]
    private let warnings: [String]

    init(_ inspection: Inspection) {
        source = inspection.source
        container = inspection.container.isEmpty ? nil : inspection.container
        size = inspection.size
        batch = inspection.batch
        sections = inspection.sections.map { section in
            let reading = section.reading
            let hasHeaders = reading.format == "csv" || reading.format == "xlsx"
            return Section(
                section: section.name, table: section.table, format: reading.format, encoding: reading.encoding,
                delimiter: reading.delimiter.isEmpty ? nil : reading.delimiter,
                header: hasHeaders ? reading.hasHeader : nil,
                records: section.records.map { Records(count: $0.count, exact: $0.isExact) },
                columns: section.columns.map { column in
                    Column(
                        name: column.name, type: column.type, inferred: column.isInferred,
                        doubt: section.doubts.first { $0.column == column.name }.map(Doubt.init))
                },
                rows: section.rows,
                rejects: section.rejects.map {
                    Rejected(line: $0.line, record: $0.record, code: $0.code, message: $0.message)
                })
        }
        leftOut = inspection.leftOut
        warnings = inspection.warnings
    }

    private enum CodingKeys: String, CodingKey {
        case source, container, size, batch, sections, warnings
        case leftOut = "left_out"
    }

    func encode(to encoder: any Encoder) throws {
        var document = encoder.container(keyedBy: CodingKeys.self)
        try document.encode(source, forKey: .source)
        try document.encode(container, forKey: .container)
        try document.encode(size, forKey: .size)
        try document.encode(batch, forKey: .batch)
        try document.encode(sections, forKey: .sections)
        try document.encode(leftOut, forKey: .leftOut)
        try document.encode(warnings, forKey: .warnings)
    }
}
