internal import Records

/// How the values of one column are given to the server.
enum PostgreSQLValueRule: Equatable {
    /// As they are: the column's own type decides what they are worth.
    case text
    /// As the type that the user gave; a value that is not of that type costs the record.
    case given(ColumnType)
    /// As the type that was guessed; a value that would change by it, or is none of it, shows that the guess was wrong.
    case guessed(ColumnType, isKey: Bool)

    /// Whether a guess keeps the value as it was written.
    func keeps(_ value: UnsafeRawBufferPointer) -> Bool {
        guard case .guessed(let type, let isKey) = self else { return true }
        return switch NumberText.classify(value) {
        case .integer(let number): type != .real || number.magnitude < 1_000_000_000_000_000
        case .decimal: type == .numeric || type == .real && !isKey
        case .text, .otherNumber: false
        }
    }

    /// Whether a value is of the type that the user gave.
    func accepts(_ value: UnsafeRawBufferPointer) -> Bool {
        guard case .given(let type) = self, type != .text else { return true }
        if type != .numeric { return SQLiteValueRule.bound(value, given: type) != nil }
        // The server keeps as many digits as there are.
        return NumberText.classify(value) != .text
    }
}
