internal import CSQLite
internal import Records

extension SQLiteRowWriter {
    /// Gives a value to a statement by the rule of its column. The statement keeps a pointer into the chunk.
    @inline(__always)
    func bind(
        _ value: UnsafeRawBufferPointer?, of column: Int, to statement: SQLiteStatement, at index: Int32
    ) throws(Refusal) {
        guard let value else { return try check(statement.bindNull(at: index)) }
        let bound: SQLiteBound?
        switch target.rules[column] {
        case .text: bound = .text
        case .stored(let number): bound = number.bound(value)
        case .guessed(let type): bound = SQLiteValueRule.bound(value, guess: type, isKey: false)
        case .guessedKey(let type): bound = SQLiteValueRule.bound(value, guess: type, isKey: true)
        case .guessedNominal(let type): bound = SQLiteNominalType.bound(value, as: type)
        case .given(let type): bound = SQLiteValueRule.bound(value, given: type)
        }
        switch bound {
        case .text?: try check(statement.bind(text: value, at: index))
        case .integer(let number)?: try check(statement.bind(integer: number, at: index))
        case .real(let number)?: try check(statement.bind(real: number, at: index))
        case nil: throw Refusal.wrongType(value, rule: target.rules[column], column: target.plan.columns[column].name)
        }
    }

    @inline(__always)
    private func check(_ code: Int32) throws(Refusal) {
        guard code != SQLITE_OK else { return }
        throw RejectCode(sqlite: code).map { Refusal($0, connection.lastMessage) }
            ?? Refusal(failure: connection.error(code))
    }
}
