import Foundation
import PostgreSQLTestSupport
import Testing

/// A database that a test's imports go into.
struct Store {
    enum Kind: String, CaseIterable, CustomTestStringConvertible {
        case sqlite, postgres

        var testDescription: String { rawValue }
    }

    /// For `--into`.
    let into: String
    private let path: String?

    /// Keeps what is in a server's database, to be brought back; a file is copied with its folder.
    func keep() throws {
        if path != nil { return }
        let (server, name) = parts
        _ = try PostgreSQLServer.rows("\(server)/postgres", "CREATE DATABASE \(name)_kept TEMPLATE \(name)")
    }

    /// - Parameter isNew: whether the server gives the database another number, as where a dump is restored into a new one.
    func bringBack(isNew: Bool = false) throws {
        if path != nil { return }
        let (server, name) = parts
        let number = try rows("SELECT oid FROM pg_database WHERE datname = current_database()")[0]
        _ = try PostgreSQLServer.rows("\(server)/postgres", "DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
        // With its number, by which it is known.
        _ = try PostgreSQLServer.rows(
            "\(server)/postgres", "CREATE DATABASE \(name) TEMPLATE \(name)_kept" + (isNew ? "" : " OID \(number)"))
    }

    /// The server's address, and the database's name.
    private var parts: (server: String, name: String) {
        let slash = into.lastIndex(of: "/") ?? into.startIndex
        return (String(into[..<slash]), String(into[into.index(after: slash)...]))
    }

    /// The tables that are not Waybill's.
    func tables() throws -> [String] {
        if let path { return FileManager.default.fileExists(atPath: path) ? try Table.tables(path) : [] }
        return try rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    }

    /// What a table's columns are.
    func definition(of table: String) throws -> [String] {
        if path != nil { return try rows("SELECT name, type FROM pragma_table_info('\(table)')") }
        return try rows(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '\(table)' AND table_schema = 'public' ORDER BY ordinal_position"
        )
    }

    init(_ kind: Kind, in space: Workspace, on server: PostgreSQLServer? = nil) throws {
        switch kind {
        case .sqlite:
            into = "sqlite:shop.db"
            path = space.file("shop.db")
        case .postgres:
            into = try (server ?? PostgreSQLServer.shared.get()).makeDatabase()
            path = nil
        }
    }

    /// A file that is called otherwise.
    init(sqlite name: String, in space: Workspace) {
        into = "sqlite:\(name)"
        path = space.file(name)
    }

    /// The rows of a query as texts, in whatever order it gives.
    func rows(_ sql: String) throws -> [String] {
        if let path { return try Table.rows(path, sql).map { $0.replacing(/(^|\|)\d:/) { "\($0.output.1)" } } }
        return try PostgreSQLServer.rows(into, sql)
    }

    /// All rows of a table, sorted; none where there is no such table.
    func all(_ table: String, _ columns: String = "*") throws -> [String] {
        guard try tables().contains(table) || table.contains(".") else { return [] }
        return try rows("SELECT \(columns) FROM \(table)").sorted()
    }

    /// What Waybill's own tables have: the chunks of its ledger, those that it undid, and those with undo data.
    func ledger() throws -> [String] {
        let tables = ["ledger", "reversals", "undo_chunks"]
        if let path {
            if !FileManager.default.fileExists(atPath: path) { return [] }
            let known = try Set(rows("SELECT name FROM sqlite_schema"))
            return try tables.map { "_waybill_\($0)" }.filter(known.contains).flatMap { table in
                try rows("SELECT '\(table)', import, chunk FROM \(table)")
            }.sorted()
        }
        let known = try Set(rows("SELECT tablename FROM pg_tables WHERE schemaname = '_waybill'"))
        return try tables.filter(known.contains).flatMap { table in
            try rows("SELECT '\(table)', import, chunk FROM _waybill.\(table)")
        }.sorted()
    }

    func execute(_ sql: String) throws {
        if let path { try Table.execute(path, sql) } else { _ = try PostgreSQLServer.rows(into, sql) }
    }
}
