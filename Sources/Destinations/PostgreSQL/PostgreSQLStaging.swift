internal import Records

/// The temporary table that a chunk's records are sent to before they go on. It is made in the chunk's transaction and ends
/// with it.
///
/// Its columns are `_n`, the record's place in the chunk from 0, and `c1`, `c2` … with the types of the plan's columns.
final class PostgreSQLStaging {
    let target: PostgreSQLTarget
    let connection: PostgreSQLConnection
    let name: String
    /// The transaction that it was made in last.
    private var transaction: Int?

    init(_ target: PostgreSQLTarget, _ connection: PostgreSQLConnection, number: Int) {
        self.target = target
        self.connection = connection
        name = "_waybill_staging_\(number)"
    }

    /// Has it be there, and empty, for the next statement.
    func begin() {
        if transaction == connection.transaction {
            connection.announce("DELETE FROM \(name)")
        } else {
            let columns = target.columns.enumerated().map { place, column in
                ", \(PostgreSQLTarget.staged(place)) \(column.type)" + (column.collation.map { " COLLATE \($0)" } ?? "")
                    + (target.stagedDefault(place).map { ", \($0) \(column.type)" } ?? "")
            }
            connection.announce("CREATE TEMP TABLE \(name) (_n int\(columns.joined())) ON COMMIT DROP")
            transaction = connection.transaction
        }
    }

    /// Lets the server know how many records there are, so that it looks rows up instead of reading whole tables.
    ///
    /// - Parameter table: another one that was made of it. Of their values a few are enough: each is sorted for the statistics.
    func analyze(_ table: String? = nil) throws {
        connection.announce("SET LOCAL default_statistics_target = 10")
        connection.announce("ANALYZE \(table ?? name)")
        try connection.execute("SET LOCAL default_statistics_target TO DEFAULT")
    }

    /// Makes parts of the records quick to be found.
    func index() throws { try connection.execute("CREATE INDEX IF NOT EXISTS \(name)_n ON \(name) (_n)") }

    /// How many records are sent at once when there are some among them that the server refuses.
    private static let block = 200

    /// Sends these records. Those that the server cannot read as the columns' types are given to `refused`.
    ///
    /// - Throws: what stands against the server.
    func send(
        _ records: [Int], of values: Chunk.Values, refused: (Int, PostgreSQLError) throws -> Void
    ) throws {
        do {
            try attempt(records[...], values)
        } catch let error as PostgreSQLError where error.mayBeOfRecord {
            // What fails without any record is not a record's fault.
            try attempt([], values)
            for start in stride(from: 0, to: records.count, by: Self.block) {
                try sendInPieces(records[start..<min(start + Self.block, records.count)], values, refused)
            }
        }
    }

    /// The server says in which line it found an error. That is only a hint where to cut: who is refused alone is rejected.
    private func sendInPieces(
        _ records: ArraySlice<Int>, _ values: Chunk.Values, _ refused: (Int, PostgreSQLError) throws -> Void
    ) throws {
        var rest = records
        while !rest.isEmpty {
            do {
                return try attempt(rest, values)
            } catch let error as PostgreSQLError where error.mayBeOfRecord {
                if rest.count == 1 { return try refused(rest[rest.startIndex], error) }
                let line = place(in: error).flatMap { (1...rest.count).contains($0.line) ? $0.line : nil }
                let suspect = rest.startIndex + (line.map { $0 - 1 } ?? rest.count / 2)
                try sendInPieces(rest[..<suspect], values, refused)
                if line != nil { try sendInPieces(rest[suspect...suspect], values, refused) }
                rest = rest[(line == nil ? suspect : suspect + 1)...]
            }
        }
    }

    private func attempt(_ records: ArraySlice<Int>, _ values: Chunk.Values) throws {
        try connection.savepoint { try sendAll(records, of: values) }
    }

    /// Sends these records; where the server refuses one, the transaction has failed.
    ///
    /// - Parameters:
    ///   - places: the columns that are sent; nil for all that the mode needs.
    ///   - each: is done for each of them on the way.
    func sendAll(
        _ records: some Sequence<Int>, of values: Chunk.Values, places: [Int]? = nil, each: (Int) -> Void = { _ in }
    ) throws {
        let places = places ?? target.sentPlaces
        try connection.copy(
            "COPY \(name) (\((["_n"] + places.map(PostgreSQLTarget.staged)).joined(separator: ", "))) FROM STDIN"
        ) { send in
            try PostgreSQLCopyText(places: places).write(records, of: values, to: send) { record, line in
                each(record)
                line.append(decimal: Int64(record))
                line.append(UInt8(ascii: "\t"))
            }
        }
    }

    /// The plan's column that an error of a COPY is about.
    func column(in error: PostgreSQLError) -> String? {
        guard let column = place(in: error)?.column, target.columns.indices.contains(column - 1) else { return nil }
        return target.plan.columns[column - 1].name
    }

    /// The line and the number of the column, both from 1, of `COPY _waybill_staging_1, line 57, column c2: "abc"`, in
    /// whatever language. What was being read stands before it, in lines of its own, and the value behind it.
    private func place(in error: PostgreSQLError) -> (line: Int, column: Int?)? {
        let beginning = "COPY \(name), "
        guard let text = error.context.split(separator: "\n").first(where: { $0.hasPrefix(beginning) }) else {
            return nil
        }
        let parts = text.dropFirst(beginning.count).prefix { $0 != ":" && $0 != "\"" }.split(separator: ",")
        guard let line = parts.first.flatMap({ Int($0.filter(\.isNumber)) }) else { return nil }
        let column = parts.dropFirst().first?.split(separator: " ").last {
            $0.first == "c" && Int($0.dropFirst()) != nil
        }
        return (line, column.flatMap { Int($0.dropFirst()) })
    }
}

extension PostgreSQLConnection {
    /// Runs statements that look few rows up. Where there are no statistics of what they look for, the server may read whole
    /// tables for a chunk without the settings.
    func lookingUp<T>(_ body: () throws -> T) throws -> T {
        let settings = ["enable_hashjoin", "enable_mergejoin"]
        for setting in settings { announce("SET LOCAL \(setting) = off") }
        let result = try body()
        for setting in settings { announce("SET LOCAL \(setting) TO DEFAULT") }
        return result
    }

    /// Runs `body`, which is undone in any case.
    func trial(_ body: () throws -> Void) throws {
        struct Done: Error {}
        do {
            try savepoint { () throws -> Void in
                try body()
                throw Done()
            }
        } catch is Done {}
    }

    /// Runs `body`, which is undone where it throws.
    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        // Each in its own name: where an inner one was not released yet, this one is rolled back all the same.
        let name = "waybill_\(savepointDepth)"
        savepointDepth += 1
        defer { savepointDepth -= 1 }
        let begun = announce("SAVEPOINT \(name)")
        do {
            let result = try body()
            announce("RELEASE \(name)")
            return result
        } catch {
            if !takeBack(begun) {
                forgetAnnounced()
                if isInTransaction { _ = try? execute("ROLLBACK TO \(name); RELEASE \(name)") }
            }
            throw error
        }
    }
}
