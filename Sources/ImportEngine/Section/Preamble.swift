internal import ImportLog
internal import Readers
internal import Records

/// Lines above a header, such as a title, where the records leave no doubt which line the header is.
///
/// All lines above have fewer values than it, or begin with `#`. All of its values are names, and a column of figures below
/// one of them says that it is not a record; the records have as many fields as it.
struct Preamble {
    let header: HeadRow

    /// - Parameter width: the number of fields that most records have; nil in a sheet, where it is the header's.
    init?(_ rows: [HeadRow], width: Int?) {
        guard width != 1 else { return nil }
        for (index, row) in rows.enumerated().prefix(Self.mostLines).dropFirst() {
            let width = width ?? row.values.count
            let above = rows[..<index]
            guard above.allSatisfy({ $0.isTitle(above: width) }), row.isHeader(of: width) else { continue }
            let records = Self.records(rows[(index + 1)...], width)
            // In a sheet, it may be one more line of the title.
            if records.isEmpty { continue }
            let areComments = above.allSatisfy { $0.values.first?.first == "#" }
            guard areComments || Self.hasFigures(records, width) else { return nil }
            header = row
            return
        }
        return nil
    }

    /// How far down the header is looked for.
    private static let mostLines = 30

    /// The rows below, as far as they are records of this width; none where too many are not.
    private static func records(_ rows: ArraySlice<HeadRow>, _ width: Int) -> [HeadRow] {
        let records = rows.filter { $0.isRecord(of: width) }
        // A sum or a remark may be at the end.
        let others = rows.dropLast(3).count - rows.dropLast(3).count { $0.isRecord(of: width) }
        return others * 10 <= records.count && rows.first?.isRecord(of: width) == true ? records : []
    }

    private static func hasFigures(_ records: [HeadRow], _ width: Int) -> Bool {
        (0..<width).contains { column in
            let kinds = records.compactMap { $0.values.indices.contains(column) ? ValueKind($0.values[column]) : nil }
            let values = kinds.filter { $0 != .empty }
            return !values.isEmpty && values.count(where: \.isFigure) * 10 >= values.count * 9
        }
    }

    /// What is said of it.
    ///
    /// - Parameter word: `line` or `row`.
    func part(_ word: String) -> LeftOutPart {
        let names = SampledRows.shown(header.values)
        return LeftOutPart(
            name: "what stands above \(word) \(header.line)",
            reason: "that \(word) looks like the header (\(names)); if it is not, add --header-row N", kind: .notData)
    }
}

extension HeadRow {
    /// Whether this can be above a table that is so wide.
    fileprivate func isTitle(above width: Int) -> Bool {
        values.first?.first == "#" || values.count < width || values.count(where: { !$0.isEmpty }) == 1
    }

    fileprivate func isHeader(of width: Int) -> Bool {
        values.count == width && fields <= width + 1 && width > 1 && values.allSatisfy(SampledRows.isName)
            && Set(values.map { $0.lowercased() }).count == values.count
    }

    fileprivate func isRecord(of width: Int) -> Bool {
        values.count <= width && (fields == width || fields == width + 1 || fields == values.count && fields > 1)
    }
}
