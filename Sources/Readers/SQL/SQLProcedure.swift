/// The procedures that a script calls.
enum SQLProcedure {
    /// Whether a call may put rows into a table: it is none of a server's own, which look after the schema.
    static func mayGiveRows(_ tokens: ArraySlice<SQLWords.Token>) -> Bool {
        var tokens = tokens
        // SQL Server's `EXEC @result = name`.
        if tokens.first?.symbol == SQLByte.at { tokens = tokens.dropFirst(3) }
        // `EXECUTE ON` is a privilege; `EXEC ('…')` mostly makes a view.
        guard let first = tokens.first, let name = first.name, !first.isWord(in: ["ON", "AS", "PROCEDURE", "FUNCTION"])
        else { return false }
        let parts = SQLTableName.parts(name)
        if parts.dropLast().contains(where: isOwner) { return false }
        return !prefixes.contains { parts.last?.hasPrefix($0) == true }
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
