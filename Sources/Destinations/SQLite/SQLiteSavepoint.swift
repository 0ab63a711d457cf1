internal import Records

/// Undoes what one record's statement left behind when it failed halfway.
struct SQLiteSavepoint {
    private let beginning: SQLiteStatement
    private let releasing: SQLiteStatement
    private let rollingBack: SQLiteStatement

    init(_ connection: SQLiteConnection) throws {
        beginning = try connection.prepare("SAVEPOINT waybill_record")
        releasing = try connection.prepare("RELEASE waybill_record")
        rollingBack = try connection.prepare("ROLLBACK TO waybill_record")
    }

    func begin() throws(Refusal) { try run(beginning) }

    func release() throws(Refusal) { try run(releasing) }

    func rollBack() throws(Refusal) {
        try run(rollingBack)
        try run(releasing)
    }

    private func run(_ statement: SQLiteStatement) throws(Refusal) {
        do { try statement.run() } catch { throw Refusal(failure: error) }
    }
}
