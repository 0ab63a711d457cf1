internal import Records

/// A spreadsheet file (.xlsx, ECMA-376): its sheets, and what their cells refer to.
package struct XLSXWorkbook: Sendable {
    package struct Sheet: Sendable, Hashable {
        package var name: String
        /// Hidden from the user of the spreadsheet; it is read like any other.
        package var isHidden: Bool
        /// The part that has its rows; empty if the workbook does not say which.
        package var part: String
    }

    /// The sheets that have cells, in the order of their tabs. Sheets that are one chart, dialog or macro are none.
    package let sheets: [Sheet]
    let parts: PackageParts
    let cells: CellContext

    /// Reads all but the sheets themselves. `sharedTextInMemory` is how much of the shared strings may be in memory, in
    /// bytes of text; beyond it they are in a temporary file. A single string longer than `maxStringBytes` makes the
    /// records that have it too large.
    ///
    /// Throws `DataError`: `.malformed` if it is not a spreadsheet in this format, or a damaged one; `.unreadable` if
    /// the parts cannot be read; `.noSpace` if the temporary file has no room.
    package init(
        open: @escaping PartOpening, sharedTextInMemory: Int = 16 << 20, maxStringBytes: Int = 16 << 20
    ) throws {
        parts = PackageParts(open: open)
        guard let workbook = try parts.relationships(of: "").first(where: { $0.kind == "officeDocument" })?.target
        else { throw try SpreadsheetFormat.refusal(open: open) }
        if workbook.hasSuffix(".bin") { throw SpreadsheetFormat.xlsb.refusal }

        let relationships = try parts.relationships(of: workbook)
        let handler = WorkbookHandler()
        guard try parts.read(workbook, with: handler) else {
            throw DataError(
                .malformed, "the spreadsheet has no part \(workbook), which lists its sheets",
                remedy: "Check that the file was written completely.")
        }
        let byID = Dictionary(relationships.map { ($0.id, $0) }) { first, _ in first }
        sheets = handler.sheets.compactMap { sheet in
            let relationship = byID[sheet.relationship]
            guard relationship == nil || relationship?.kind == "worksheet" else { return nil }
            return Sheet(name: sheet.name, isHidden: sheet.isHidden, part: relationship?.target ?? "")
        }

        let styles = StylesHandler()
        if let part = relationships.first(where: { $0.kind == "styles" })?.target {
            _ = try parts.read(part, with: styles)
        }
        let strings = SharedStringsHandler(memoryLimit: sharedTextInMemory, maxStringBytes: maxStringBytes)
        if let part = relationships.first(where: { $0.kind == "sharedStrings" })?.target {
            _ = try parts.read(part, maximumBytes: .max, with: strings)
        }
        cells = CellContext(
            formats: styles.formats, strings: try strings.finish(),
            epoch: handler.isDate1904 ? .from1904 : .from1900)
    }

    /// Whether a package says itself which of its parts is the document, wherever that stands.
    package static func isNamed(in open: @escaping PartOpening) throws -> Bool {
        try PackageParts(open: open).relationships(of: "").contains { $0.kind == "officeDocument" }
    }

    /// The sheets' names, each once, whatever its case: where a name comes again, it gets `_2`, `_3`.
    package var distinctNames: [String] {
        let all = Set(sheets.map { $0.name.lowercased() })
        var taken: Set<String> = []
        return sheets.map { sheet in
            if taken.insert(sheet.name.lowercased()).inserted { return sheet.name }
            var copy = 2
            while all.contains("\(sheet.name)_\(copy)".lowercased())
                || !taken.insert("\(sheet.name)_\(copy)".lowercased()).inserted
            {
                copy += 1
            }
            return "\(sheet.name)_\(copy)"
        }
    }

    /// The sheet of this name, or else of this number, from 1. Throws `DataError(.unusableOption)` if there is none.
    package func sheet(_ nameOrNumber: String) throws -> Sheet {
        if let sheet = sheets.first(where: { $0.name == nameOrNumber }) { return sheet }
        if let number = Int(nameOrNumber), sheets.indices.contains(number - 1) { return sheets[number - 1] }
        let names = sheets.prefix(20).map { "`\($0.name)`" }.joined(separator: ", ")
        throw DataError(
            .unusableOption, "the spreadsheet has no sheet `\(nameOrNumber)`",
            remedy: sheets.isEmpty ? nil : "It has \(names)\(sheets.count > 20 ? " and more" : "").")
    }
}

/// Reads the part that lists the sheets.
private final class WorkbookHandler: XMLHandler {
    var sheets: [(name: String, isHidden: Bool, relationship: String)] = []
    var isDate1904 = false

    override func start(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        switch name {
        case "workbookPr":
            isDate1904 = ["1", "true", "on"].contains(attributes.text("date1904"))
            return false
        case "sheet":
            if let name = attributes.text("name"), let id = attributes.value(local: "id") {
                let isHidden = ["hidden", "veryHidden"].contains(attributes.text("state"))
                sheets.append((name, isHidden, String(cString: id)))
            }
            return false
        default:
            return name == "workbook" || name == "sheets"
        }
    }
}
