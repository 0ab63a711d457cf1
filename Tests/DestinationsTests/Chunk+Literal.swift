import Foundation
import Records

extension Chunk {
    /// A chunk as a reader of JSON would fill it, of values that are written as JSON.
    static func json(_ rows: [[String]]) throws -> Chunk {
        var chunk = Chunk.rows(rows)
        chunk.jsonColumns = rows[0].map { _ in true }
        for index in chunk.fields.indices {
            let text = rows[index / rows[0].count][index % rows[0].count]
            let field = chunk.fields[index]
            guard text.hasPrefix("\"") else { continue }
            if text.contains("\\") {
                let value = try JSONDecoder().decode(String.self, from: Data(text.utf8))
                chunk.fields[index] = .decoded(offset: chunk.decoded.count, length: value.utf8.count)
                chunk.decoded += Array(value.utf8)
            } else {
                chunk.fields[index] = .source(offset: Int(field.offset) + 1, length: field.length - 2)
            }
        }
        return chunk
    }

    /// A chunk as a reader would fill it: each record is a line, its values between `|`. A nil is NULL.
    static func rows(_ rows: [[String?]], firstRecord: UInt64 = 1, decodesEveryValue: Bool = false) -> Chunk {
        var chunk = Chunk()
        let start = RecordLocation(section: "", byteOffset: 100, line: firstRecord + 1, record: firstRecord)
        chunk.reset(at: start, columnCount: rows.first?.count ?? 0)
        for (number, row) in rows.enumerated() {
            let recordStart = chunk.bytes.count
            for (column, value) in row.enumerated() {
                if column > 0 { chunk.bytes.append(UInt8(ascii: "|")) }
                guard let value else {
                    chunk.fields.append(.null)
                    continue
                }
                let length = value.utf8.count
                if decodesEveryValue {
                    chunk.fields.append(.decoded(offset: chunk.decoded.count, length: length))
                    chunk.decoded.append(contentsOf: value.utf8)
                } else {
                    chunk.fields.append(.source(offset: chunk.bytes.count, length: length))
                }
                chunk.bytes.append(contentsOf: value.utf8)
            }
            chunk.bytes.append(UInt8(ascii: "\n"))
            chunk.records.append(
                Record(
                    offset: UInt32(recordStart), length: UInt32(chunk.bytes.count - recordStart),
                    line: UInt32(number), number: UInt32(number)))
        }
        chunk.end = start
        chunk.end.byteOffset += UInt64(chunk.bytes.count)
        chunk.end.line += UInt64(rows.count)
        chunk.end.record += UInt64(rows.count)
        return chunk
    }
}

extension TablePlan {
    /// A plan whose columns are written as `name`, `name:type` (given by the user) or `name?type` (guessed).
    static func of(
        _ columns: [String], key: [String] = [], mode: WriteMode = .insert, table: String = "products"
    ) -> TablePlan {
        let columns = columns.map { text in
            for (mark, isInferred) in [(":" as Character, false), ("?", true)] {
                let parts = text.split(separator: mark)
                if parts.count == 2, let type = ColumnType(rawValue: String(parts[1])) {
                    return Column(name: String(parts[0]), type: type, isInferred: isInferred)
                }
            }
            return Column(name: text, type: .text, isInferred: false)
        }
        return TablePlan(table: table, columns: columns, key: key, mode: mode)
    }
}
