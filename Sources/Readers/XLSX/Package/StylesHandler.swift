internal import Glibc

/// Reads which of a workbook's cell styles are dates, times and durations.
final class StylesHandler: XMLHandler {
    private var formatsByID: [Int: NumberFormat] = [:]
    private var formatIDs: [Int] = []
    private var isInCellStyles = false

    /// The number formats of the cell styles, by style index.
    var formats: [NumberFormat] { formatIDs.map { formatsByID[$0] ?? NumberFormat(builtInID: $0) } }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        switch name {
        case "numFmt":
            if let id = attributes.text("numFmtId").flatMap({ Int($0) }), let code = attributes.text("formatCode") {
                formatsByID[id] = NumberFormat(code: code)
            }
            return false
        case "xf":
            if isInCellStyles { formatIDs.append(attributes.value("numFmtId").map { atol($0) } ?? 0) }
            return false
        case "cellXfs":
            isInCellStyles = true
            return true
        default:
            return name == "styleSheet" || name == "numFmts"
        }
    }

    override func end() -> Bool {
        isInCellStyles = false
        return false
    }
}
