/// The procedures that a script calls.
enum SQLProcedure {
    /// Whether a call may put rows into a table: it is none of a server's own, which look after the schema.
    static func mayGiveRows(_ tokens: ArraySlice<SQLWords.Token>) -> Bool {
        var tokens = tokens
        // SQL Server's `EXEC @result = name`.
        if tokens.first?.symbol == SQLByte.at { tokens = tokens.dropFirst(3) }
        // `EXECUTE ON` is a privilege; `EXEC ('…')` mostly makes a view.
        if let text = tokens.compactMap(\.text).first(where: { !$0.isEmpty }), isRun(tokens) { return runsRows(text) }
        // What is in a variable cannot be seen.
        if isRun(tokens), tokens.dropFirst().first?.symbol == SQLByte.at { return true }
        guard let first = tokens.first, let name = first.name, !first.isWord(in: ["ON", "AS", "PROCEDURE", "FUNCTION"])
        else { return false }
        let parts = SQLTableName.parts(name)
        // Derby's own procedures load files, too.
        if parts.last?.hasPrefix("syscs_import") == true { return true }
        if parts.dropLast().contains(where: isOwner) { return false }
        return !prefixes.contains { parts.last?.hasPrefix($0) == true }
    }

    /// The table that SQL Server's `sp_rename` gives another name.
    static func renamed(_ tokens: ArraySlice<SQLWords.Token>) -> String? {
        let texts = tokens.compactMap(\.text)
        guard tokens.first?.name.map({ SQLTableName.parts($0).last == "sp_rename" }) == true, texts.count == 2 else {
            return nil
        }
        return texts[0]
    }

    /// What `sp_rename 's.t.a', 'b', 'COLUMN'` does.
    static func renamedColumn(_ tokens: ArraySlice<SQLWords.Token>) -> SQLEffect? {
        let texts = tokens.compactMap(\.text)
        guard tokens.first?.name.map({ SQLTableName.parts($0).last == "sp_rename" }) == true, texts.count == 3,
            texts[2].uppercased() == "COLUMN", let dot = texts[0].lastIndex(of: ".")
        else { return nil }
        func unquoted(_ text: Substring) -> String { text.filter { !"[]\"".contains($0) } }
        let column = unquoted(texts[0][dot...].dropFirst())
        return .alters(table: unquoted(texts[0][..<dot]), [.change(column, to: texts[1], nil)])
    }

    /// Whether what is called runs the text that it is given: `EXEC ('…')`, `sp_executesql`, `EXECUTE IMMEDIATE '…'`.
    private static func isRun(_ tokens: ArraySlice<SQLWords.Token>) -> Bool {
        guard let first = tokens.first else { return false }
        if first.symbol == SQLByte.open || first.isWord("IMMEDIATE") { return true }
        let name = first.name.flatMap { SQLTableName.parts($0).last } ?? ""
        return name == "sp_executesql" || name.hasPrefix("sp_msforeach")
    }

    private static func runsRows(_ text: String) -> Bool {
        let words = text.uppercased().split { !$0.isLetter }.map(String.init)
        // What it makes may have INSERTs in its code.
        guard let first = words.first, !["CREATE", "ALTER", "GRANT", "REVOKE", "DROP"].contains(first) else {
            return false
        }
        return words.contains { ["INSERT", "UPDATE", "DELETE", "MERGE", "TRUNCATE", "EXEC", "INTO"].contains($0) }
    }

    private static func isOwner(_ schema: String) -> Bool {
        ["sys", "syscs_util", "pg_catalog", "information_schema"].contains(schema) || schema.hasPrefix("dbms_")
            || schema.hasPrefix("utl_")
    }

    private static let prefixes = [
        "sp_add", "sp_autostats", "sp_bind", "sp_change", "sp_configure", "sp_create", "sp_db", "sp_defaultdb",
        "sp_detach",
        "sp_drop", "sp_executesql", "sp_fulltext", "sp_grant", "sp_help", "sp_indexoption", "sp_msforeach",
        "sp_password",
        "sp_procoption", "sp_recompile", "sp_refresh", "sp_rename", "sp_revoke", "sp_serveroption", "sp_set",
        "sp_spaceused",
        "sp_tableoption", "sp_unbind", "sp_update", "sp_who", "sp_xml", "xp_",
    ]
}
