import Destinations
import Records
import Testing

/// The destinations that the laws are tested on: one case for each.
enum Backend: String, CaseIterable, CustomTestStringConvertible {
    case sqlite, postgres

    func makeLaboratory() throws -> any Laboratory {
        switch self {
        case .sqlite: try SQLiteLaboratory()
        case .postgres: try PostgreSQLLaboratory()
        }
    }

    var testDescription: String { rawValue }
}

/// A destination with an empty database, and what a law needs to see of it.
protocol Laboratory {
    /// The destination, opened again after `kill`.
    var destination: any Destination { get throws }
    /// Ends the destination without any goodbye.
    func kill()
    /// The table's rows as texts, in the order of its first column; empty if there is no such table.
    func rows(of table: String) throws -> [[String?]]
    func execute(_ sql: String) throws
    /// Gives the rows of a table other places, as far as the database has any that it may change.
    func renumber(_ table: String) throws
}

extension Laboratory {
    func renumber(_: String) throws {}

    @discardableResult
    func write(
        _ rows: [[String?]], log: String = "log", importID: UInt64 = 1, chunk: UInt64 = 1, entry: [UInt8] = [7]
    ) throws -> ChunkOutcome {
        try write(.rows(rows), as: LedgerKey(logID: log, importID: importID, chunk: chunk), entry: entry)
    }

    func write(_ chunk: Chunk, as key: LedgerKey, entry: [UInt8] = [7]) throws -> ChunkOutcome {
        var outcome = ChunkOutcome()
        _ = try destination.write(chunk, key: key) {
            outcome = $0
            return entry
        }
        return outcome
    }
}
