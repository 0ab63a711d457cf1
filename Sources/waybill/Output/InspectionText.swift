internal import ImportEngine
internal import ImportLog

/// What a source holds, for people.
struct InspectionText {
    private let inspection: Inspection
    private let width: Int

    /// How many sections are shown in full.
    private static let mostSections = 20

    init(_ inspection: Inspection, width: Int) {
        self.inspection = inspection
        self.width = width
    }

    func write() {
        var facts = [inspection.size.map(Format.bytes), inspection.container.isEmpty ? nil : inspection.container]
            .compactMap(\.self)
        if inspection.sections.count > 1 { facts.append(Format.count(inspection.sections.count, "section")) }
        Console.output.write("\(Format.name(ofPath: inspection.source)): \(facts.joined(separator: ", "))")
        if let batch = inspection.batch {
            let part = batch.part.map { ", part \($0)" + (batch.totalParts.map { " of \($0)" } ?? "") } ?? ""
            Console.output.write("  belongs to the batch \(batch.id)\(part)")
        }
        for section in inspection.sections.prefix(Self.mostSections) { write(section) }
        let more = inspection.sections.dropFirst(Self.mostSections)
        if !more.isEmpty {
            let names = more.prefix(50).map(\.name).joined(separator: ", ") + (more.count > 50 ? " …" : "")
            Console.output.write("  and \(Format.count(more.count)) more: \(names)")
        }
        for part in inspection.leftOut { Console.output.write("  " + part.words) }
        for warning in inspection.warnings { Console.output.write("  warning: \(warning)") }
    }

    private func write(_ section: Inspection.Section) {
        let records = section.records.map(Format.records) ?? "number of records unknown"
        let name = section.name.isEmpty ? "" : "\(section.name): "
        Console.output.write("")
        Console.output.write(
            "  \(name)\(section.reading.facts.joined(separator: ", ")); \(records); table \(section.table)")
        let rows = section.columns.enumerated().map { index, column in
            [column.name, column.type] + section.rows.map { cell($0[index]) }
        }
        for line in Format.table([["column", "type"] + section.rows.indices.map { "row \($0 + 1)" }] + rows) {
            Console.output.write("    " + Format.cut(line, to: width - 4))
        }
        for line in TypeDoubt.lines(section.doubts) { Console.output.write("    " + line) }
        for reject in section.rejects {
            Console.output.write(
                "    " + Format.cut("line \(reject.line): \(reject.code): \(reject.message)", to: width - 4))
        }
    }

    /// NULL is told from an empty text, and a line end does not break the table.
    private func cell(_ value: String?) -> String {
        guard let value else { return "NULL" }
        if value.isEmpty { return "''" }
        return Format.excerpt(value, limit: 24)
    }
}

extension ImportSubmitted.Reading {
    /// How a section is read: `csv`, `utf-8`, `delimiter ','`, `with a header`.
    var facts: [String] {
        var facts = [format]
        if !encoding.isEmpty && format == "csv" { facts.append(encoding) }
        if !delimiter.isEmpty { facts.append(delimiter == "\t" ? "tabs" : "delimiter '\(delimiter)'") }
        if format == "csv" || format == "xlsx" { facts.append(hasHeader ? "with a header" : "no header") }
        return facts
    }
}
