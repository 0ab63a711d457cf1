internal import Records

/// The rows that a chunk's records met with their values in them already: a table of the hashes of their keys, and the
/// records. They belong to this import as well: an earlier one that is undone leaves them.
///
/// A row of `_waybill.undo_unchanged` holds as many as a page does. Its `records` are left away where they are `first` and those
/// that follow it.
struct PostgreSQLUnchangedRows {
    private static let piece = 600
    /// Numbers that changes have which an import took over from an earlier one, whose rows it found unchanged.
    static let firstTakenOver = 1 << 30

    /// The hash of a key that an expression gives as texts.
    static func hash(_ key: String) -> String { PostgreSQLUndoFormat.fingerprint("(\(key))::text") }

    /// A statement that notes rows.
    ///
    /// - Parameter keys: the hash of each record's key.
    static func insert(_ records: [Int], keys: [UInt64], chunkID: String, tableID: String) -> String {
        let pieces = stride(from: 0, to: records.count, by: piece).map { start in
            let these = records[start..<min(start + piece, records.count)]
            let (first, last) = (these[these.startIndex], these[these.endIndex - 1])
            let keys = keys[these.indices].map { "\(Int64(bitPattern: $0))" }.joined(separator: ",")
            let numbers =
                last - first + 1 == these.count
                ? "NULL" : "'{\(these.map { "\($0)" }.joined(separator: ","))}'::int[]"
            return "(\(chunkID), \(tableID), \(first), '{\(keys)}'::bigint[], \(numbers))"
        }
        return "INSERT INTO _waybill.undo_unchanged VALUES \(pieces.joined(separator: ", "))"
    }

    /// The same for rows that a query gives as `k`, their keys as texts, and `_n`, their records.
    static func insert(from query: String, chunkID: String, tableID: String) -> String {
        """
        INSERT INTO _waybill.undo_unchanged (chunk_id, table_id, first, keys, records)
        SELECT \(chunkID), \(tableID), min(_n), array_agg(\(hash("k")) ORDER BY _n), array_agg(_n ORDER BY _n)
        FROM (\(query)) unchanged GROUP BY _n / \(piece)
        """
    }

    /// The rows that chunks after another one found unchanged, as a subquery with the columns chunk_id, key and record.
    static func later(than chunkID: String, tableIDs: String) -> String {
        """
        (SELECT u.chunk_id, k.key, coalesce(k.record, u.first + k.i::int - 1) AS record FROM _waybill.undo_unchanged u
            CROSS JOIN LATERAL unnest(u.keys, u.records) WITH ORDINALITY k (key, record, i)
            WHERE u.chunk_id > \(chunkID) AND u.table_id IN \(tableIDs))
        """
    }
}
