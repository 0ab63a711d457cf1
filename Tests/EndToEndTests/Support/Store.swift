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

    /// The rows of a query as texts, in whatever order it gives.
    func rows(_ sql: String) throws -> [String] {
        if let path { return try Table.rows(path, sql).map { $0.replacing(/(^|\|)\d:/) { "\($0.output.1)" } } }
        return try PostgreSQLServer.rows(into, sql)
    }

    /// All rows of a table, sorted.
    func all(_ table: String, _ columns: String = "*") throws -> [String] {
        try rows("SELECT \(columns) FROM \(table)").sorted()
    }

    func execute(_ sql: String) throws {
        if let path { try Table.execute(path, sql) } else { _ = try PostgreSQLServer.rows(into, sql) }
    }
}
