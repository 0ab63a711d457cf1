internal import Records

/// Puts what undo data of one description of a table says into the terms of another: a column may have been added between two
/// imports, or one may be described since that was not before.
struct PostgreSQLUndoTranslation {
    /// What a change under `r` restores, for the change under `u` that takes it over, and the fingerprint of that. What the
    /// one does not know, the other does.
    let before: (image: String, fingerprint: String)
    /// The fingerprint of what a change under `u` restores, by the columns that changes under `r` know.
    let fingerprint: String

    /// - Parameters:
    ///   - format: of the changes under `r`.
    ///   - siblings: the descriptions of the same table, as a list for SQL.
    ///   - added: the columns that they do not know. A row that goes must have nothing in them that someone wrote.
    init(
        of format: PostgreSQLUndoFormat, siblings: String, added: PostgreSQLAddedColumns,
        _ connection: PostgreSQLConnection
    ) throws {
        let names = format.columns.map(\.name)
        let others = try connection.query(
            """
            SELECT id, array_to_json(columns) FROM _waybill.undo_tables WHERE id IN \(siblings) AND id <> \(format.tableID)
            """
        ).map { (id: $0[0] ?? "", columns: JSONTexts.list($0[1] ?? "[]")) }.filter { $0.columns != names }
        if others.isEmpty {
            before = ("r.before", "r.before_print")
            fingerprint = "u.before_print"
            return
        }
        func array(_ elements: [String]) -> String { "ARRAY[\(elements.joined(separator: ", "))]::text[]" }
        var images = ""
        var befores = ""
        var fingerprints = ""
        for other in others {
            let image = array(
                other.columns.enumerated().map { index, name in
                    names.firstIndex(of: name).map { "r.before[\($0 + 1)]" }
                        ?? added.textInOlderRows(name).map {
                            "CASE WHEN u.before IS NULL THEN \($0) ELSE u.before[\(index + 1)] END"
                        } ?? "u.before[\(index + 1)]"
                })
            let known = names.map { name in other.columns.firstIndex(of: name).map { "u.before[\($0 + 1)]" } }
            images += " WHEN u.table_id = \(other.id) THEN \(image)"
            befores += " WHEN u.table_id = \(other.id) THEN \(PostgreSQLUndoFormat.fingerprint("(\(image))::text"))"
            if !known.contains(nil) {
                let restricted = PostgreSQLUndoFormat.fingerprint("(\(array(known.compactMap(\.self))))::text")
                let untouched = other.columns.enumerated().filter { !names.contains($0.element) }.compactMap {
                    added.isUntouched($0.element, "u.before[\($0.offset + 1)]")
                }
                let isLeft = untouched.isEmpty ? "" : " AND (r.kind <> 'i' OR \(untouched.joined(separator: " AND ")))"
                fingerprints += " WHEN u.table_id = \(other.id) AND u.before IS NOT NULL\(isLeft) THEN \(restricted)"
            }
        }
        before = (
            "CASE WHEN r.before IS NULL THEN NULL\(images) ELSE r.before END",
            "CASE WHEN r.before IS NULL THEN NULL\(befores) ELSE r.before_print END"
        )
        fingerprint = fingerprints.isEmpty ? "u.before_print" : "CASE\(fingerprints) ELSE u.before_print END"
    }
}
