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
            let columns = target.columns.enumerated().map { ", \(PostgreSQLTarget.staged($0)) \($1.type)" }
            connection.announce("CREATE TEMP TABLE \(name) (_n int\(columns.joined())) ON COMMIT DROP")
            transaction = connection.transaction
        }
    }

    /// Lets the server know how many records there are, so that it looks rows up instead of reading whole tables.
    func analyze() throws { try connection.execute("ANALYZE \(name)") }

    /// Makes parts of the records quick to be found.
    func index() throws { try connection.execute("CREATE INDEX IF NOT EXISTS \(name)_n ON \(name) (_n)") }

    /// How many records are sent at once when there are some among them that the server refuses.
    private static let block = 200

    /// Sends these records. Those that the server cannot read as the columns' types are given to `refused`.
    ///
    /// The server says in which line the first one stands; what comes before it is sent again without it.
    func send(
        _ records: [Int], of values: Chunk.Values, refused: (Int, PostgreSQLError) throws -> Void
    ) throws {
        do {
            try attempt(records[...], values)
        } catch let error as PostgreSQLError where error.isAboutData {
            for start in stride(from: 0, to: records.count, by: Self.block) {
                var rest = records[start..<min(start + Self.block, records.count)]
                while !rest.isEmpty {
                    do {
                        try attempt(rest, values)
                        break
                    } catch let error as PostgreSQLError where error.isAboutData {
                        guard let line = Self.line(in: error.context), line <= rest.count else { throw error }
                        let bad = rest.startIndex + line - 1
                        if line > 1 { try attempt(rest[..<bad], values) }
                        try refused(rest[bad], error)
                        rest = rest[(bad + 1)...]
                    }
                }
            }
        }
    }

    private func attempt(_ records: ArraySlice<Int>, _ values: Chunk.Values) throws {
        try connection.savepoint { try sendAll(records, of: values) }
    }

    /// Sends these records; where the server refuses one, the transaction has failed.
    ///
    /// - Parameter each: is done for each of them on the way.
    func sendAll(
        _ records: some Sequence<Int>, of values: Chunk.Values, each: (Int) -> Void = { _ in }
    ) throws {
        try connection.copy("COPY \(name) FROM STDIN") { send in
            try text.write(records, of: values, to: send) { record, line in
                each(record)
                line.append(decimal: Int64(record))
                line.append(UInt8(ascii: "\t"))
            }
        }
    }

    private var text: PostgreSQLCopyText { PostgreSQLCopyText(columnCount: target.columns.count) }

    /// `COPY _waybill_staging_1, line 57, column c2: "abc"`.
    private static func line(in context: String) -> Int? {
        guard let start = context.range(ofText: ", line ") else { return nil }
        return Int(context[start...].prefix { $0.isNumber })
    }

    /// The plan's column that an error of a COPY is about.
    func column(in error: PostgreSQLError) -> String? {
        guard let start = error.context.range(ofText: ", column c"),
            let place = Int(error.context[start...].prefix { $0.isNumber }), target.columns.indices.contains(place - 1)
        else { return nil }
        return target.plan.columns[place - 1].name
    }

    func remove(_ records: [Int]) throws {
        if records.isEmpty { return }
        try connection.execute(
            "DELETE FROM \(name) WHERE _n = ANY ('{\(records.map(String.init).joined(separator: ","))}')")
    }
}

extension String {
    /// Where the text after the first occurrence of `part` begins.
    fileprivate func range(ofText part: String) -> Index? {
        var index = startIndex
        while index < endIndex {
            if self[index...].hasPrefix(part) { return self.index(index, offsetBy: part.count) }
            index = self.index(after: index)
        }
        return nil
    }
}

extension PostgreSQLConnection {
    /// Runs `body`, which is taken back where it throws.
    @discardableResult
    func savepoint<T>(_ body: () throws -> T) throws -> T {
        let begun = announce("SAVEPOINT waybill")
        do {
            let result = try body()
            announce("RELEASE waybill")
            return result
        } catch {
            if !takeBack(begun) {
                forgetAnnounced()
                if isInTransaction { _ = try? execute("ROLLBACK TO waybill; RELEASE waybill") }
            }
            throw error
        }
    }
}
