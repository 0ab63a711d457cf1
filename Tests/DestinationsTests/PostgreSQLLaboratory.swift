import Destinations
import Foundation
import PostgreSQLTestSupport
import Records

/// A destination in a new database of a real server.
final class PostgreSQLLaboratory: Laboratory {
    let url: String
    private var opened: PostgreSQLDestination?

    convenience init() throws { self.init(url: try PostgreSQLServer.shared.get().makeDatabase()) }

    init(url: String) { self.url = url }

    var destination: any Destination {
        get throws {
            if let opened { return opened }
            let new = try PostgreSQLDestination(url: url)
            opened = new
            return new
        }
    }

    func kill() { opened = nil }

    func rows(of table: String) throws -> [[String?]] {
        let other = try PostgreSQLDestination(url: url)
        let name = "\"" + table.replacing("\"", with: "\"\"") + "\""
        let isThere = try other.query(
            "SELECT 1 FROM pg_class WHERE relname = '\(table.replacing("'", with: "''"))' AND relkind = 'r'", limit: 1,
            timeout: .seconds(60))
        if isThere.rows.isEmpty { return [] }
        return try other.query("SELECT * FROM \(name) ORDER BY 1", limit: 1_000_000, timeout: .seconds(60)).rows
    }

    func query(_ sql: String) throws -> [[String?]] {
        try PostgreSQLDestination(url: url).query(sql, limit: 1_000, timeout: .seconds(60)).rows
    }

    /// Waits until a session is at something, or what would be is done already.
    func wait(for condition: String, unless work: Concurrently<some Sendable>) throws {
        let sessions = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND \(condition)"
        while try query(sessions).isEmpty && !work.isDone { usleep(2_000) }
    }

    func execute(_ sql: String) throws { _ = try PostgreSQLDestination(url: url).run([sql], once: nil) }
}
