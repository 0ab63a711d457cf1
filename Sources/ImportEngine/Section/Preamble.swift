internal import ImportLog
internal import Readers
internal import Records

/// Lines above a header, such as a title, where the records leave no doubt which line the header is.
///
/// All lines above have fewer values than it, or begin with `#`, and are no table of their own. All of its values are names,
/// and a column of figures below one of them says that it is not a record; the records have as many fields as it.
struct Preamble {
    let header: HeadRow

    /// - Parameter width: the number of fields that most records have; nil in a sheet, where it is the header's.
    init?(_ rows: [HeadRow], width: Int?) {
        guard width != 1 else { return nil }
        // All lines may end with a delimiter.
        let width = width.map { fields in rows.filter { $0.fields == fields }.map(\.values.count).max() ?? fields }
        let comments = rows.prefix(while: \.isComment).count
        for (index, row) in rows.enumerated().prefix(comments + Self.mostLines).dropFirst() {
            let width = width ?? row.values.count
            let above = rows[..<index]
            guard above.allSatisfy({ $0.isTitle(above: width) }), row.isHeader(of: width) else { continue }
            let records = Self.records(rows[(index + 1)...], width)
            // In a sheet, it may be one more line of the title.
            if records.isEmpty { continue }
            let hasFigures = Self.hasFigures(records, width)
            guard index <= comments || hasFigures, !Self.mayBeTable(above),
                !rows[index - 1].isCommentedHeader(of: width, unlessSpaced: hasFigures)
            else { return nil }
            header = row
            return
        }
        return nil
    }

    /// How far down the header is looked for, comments aside.
    private static let mostLines = 30

    /// The rows below, as far as they are records of this width; none where too many are not.
    private static func records(_ rows: ArraySlice<HeadRow>, _ width: Int) -> [HeadRow] {
        let records = rows.filter { $0.isRecord(of: width) }
        // A sum or a remark may be at the end.
        let others = rows.dropLast(3).count - rows.dropLast(3).count { $0.isRecord(of: width) }
        return others * 10 <= records.count && rows.first?.isRecord(of: width) == true ? records : []
    }

    static func hasFigures(_ records: [HeadRow], _ width: Int) -> Bool {
        (0..<width).contains { column in
            let kinds = records.compactMap { $0.values.indices.contains(column) ? ValueKind($0.values[column]) : nil }
            let values = kinds.filter { $0 != .empty }
            return !values.isEmpty && values.count(where: \.isFigure) * 10 >= values.count * 9
        }
    }

    /// Whether lines may be a table of their own: a header, and records of as many values.
    ///
    /// If the first line of all is the header, its records need no figures. Pairs such as `Date: | 2024-01-01` are no records.
    static func mayBeTable(_ lines: ArraySlice<HeadRow>) -> Bool {
        let lines = lines.drop(while: \.isComment)
        var blocks: [[HeadRow]] = []
        for line in lines where !line.isDetail {
            let isNext = blocks.last?.last.map { $0.line + 1 == line.line && !line.values.isEmpty } ?? false
            if isNext { blocks[blocks.count - 1].append(line) } else { blocks.append([line]) }
        }
        if let block = blocks.first, block[0].line == lines.first?.line, block[0].values.count > 1,
            block.dropFirst().contains(where: { $0.values.count == block[0].values.count })
        {
            return true
        }
        return blocks.contains { block in
            block.indices.contains { index in
                let width = block[index].values.count
                if index > 0, block[index - 1].values.count == width { return false }
                let records = block[(index + 1)...].prefix { $0.values.count == width }
                return records.count > (width == 1 ? 1 : 0) && block[index].values.allSatisfy(\.isPlainName)
                    && hasFigures(Array(records), width)
            }
        }
    }

    /// What is said of it.
    ///
    /// - Parameter word: `line` or `row`.
    func part(_ word: String) -> LeftOutPart {
        let names = SampledRows.shown(header.values)
        return LeftOutPart(
            name: "everything above \(word) \(header.line)",
            reason: "that \(word) looks like the header (\(names)); if it is not, add --header-row N", kind: .notData)
    }
}

extension HeadRow {
    fileprivate var isComment: Bool { values.first?.first == "#" }
    fileprivate var isDetail: Bool { values.first?.last == ":" }

    /// Whether this can be above a table that is so wide.
    fileprivate func isTitle(above width: Int) -> Bool {
        isComment || values.count < width || values.count(where: { !$0.isEmpty }) == 1
    }

    fileprivate func isHeader(of width: Int) -> Bool {
        values.count == width && fields <= width + 1 && width > 1 && SampledRows.areNames(values)
    }

    /// Whether this is a header behind `#`: `#id,name`; `# id, name` may be a comment above another header.
    fileprivate func isCommentedHeader(of width: Int, unlessSpaced: Bool) -> Bool {
        let isSpaced = values.first?.dropFirst().first == " "
        guard isComment, values.count == width, !(unlessSpaced && isSpaced) else { return false }
        let first = String(values[0].drop { $0 == "#" || $0 == " " })
        let names = (first.isEmpty ? [] : [first]) + values.dropFirst().map { String($0.drop { $0 == " " }) }
        return SampledRows.areNames(names)
            && names.allSatisfy { !$0.split(separator: " ").contains { ValueKind(String($0)).isFigure } }
    }

    fileprivate func isRecord(of width: Int) -> Bool {
        values.count <= width && (fields == width || fields == width + 1 || fields == values.count && fields > 1)
    }
}

extension String {
    /// A name, and no number with letters before it.
    fileprivate var isPlainName: Bool { SampledRows.isName(self) && 2 * count { $0.isNumber } <= count }
}
