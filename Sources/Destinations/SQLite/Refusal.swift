internal import Records

/// Why a record was not written, or the failure that stops the whole chunk.
struct Refusal: Error {
    var code: RejectCode
    var message: String
    var field: String?
    /// Whether it may be because of a row that is not there yet, or of one that is still there.
    var mayBeOfForeignKey = false
    /// Set where it is not the record's fault.
    var failure: (any Error)?

    init(_ code: RejectCode, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    init(failure: any Error) {
        self.init(.constraint, "")
        self.failure = failure
    }

    static func keyMissing(_ column: String) -> Refusal {
        Refusal(.keyMissing, "no value for the key column \(column)", field: column)
    }

    /// - Parameter lacking: the columns that a new row would need a value for; empty where none is inserted anyway.
    static func noRow(_ key: String, lacking: [String], field: String?) -> Refusal {
        let why =
            lacking.isEmpty
            ? "the mode update adds no rows" : "a new one needs a value for \(lacking.joined(separator: ", "))"
        return Refusal(.rowMissing, "no row with \(key) exists, and \(why)", field: field)
    }

    static var isReferredTo: Refusal {
        var refusal = Refusal(.constraint, "FOREIGN KEY constraint failed: other rows refer to it")
        refusal.mayBeOfForeignKey = true
        return refusal
    }

    /// Which of them the next version follows, nobody can tell.
    static let severalCurrent = "the table has several current versions of its key: end all but one of them first"

    static var ignoredByTrigger: Refusal {
        Refusal(.constraint, "a trigger of the table prevented the insert (RAISE(IGNORE))")
    }

    static var keptByTrigger: Refusal {
        Refusal(.constraint, "a trigger of the table prevented the change (RAISE(IGNORE))")
    }

    static func dayOrMonth(_ value: UnsafeRawBufferPointer, column: String) -> Refusal {
        let text = excerpt(String(decoding: value.prefix(300), as: UTF8.self))
        return Refusal(
            .type,
            "'\(text)' may begin with the day or the month: give column \(column) a format in waybill.yaml, such as dd.MM.yyyy",
            field: column)
    }

    static func wrongType(_ value: UnsafeRawBufferPointer, rule: SQLiteValueRule, column: String) -> Refusal {
        let text = excerpt(String(decoding: value.prefix(300), as: UTF8.self))
        if case .stored = rule {
            return Refusal(
                .type, "'\(text)' would become another number: the type of column \(column) does not hold it",
                field: column)
        }
        guard case .given(let type) = rule else {
            // The chunk is looked through for such values before it is written.
            preconditionFailure("a value that does not fit a guess must have widened its column")
        }
        let noun =
            switch type {
            case .integer:
                NumberText.classify(value) == .otherNumber && isAllDigits(value)
                    ? "an integer that fits 64 bits" : "an integer"
            case .numeric:
                NumberText.classify(value) == .otherNumber
                    ? "a number of at most 17 digits, the most SQLite keeps" : "a number"
            case .real, .text: "a number"
            case .boolean: "a boolean (true, yes, 1; false, no, 0)"
            case .date: "a date (2024-01-31)"
            case .timestamp: "a timestamp (2024-01-31 23:59:00, without an offset)"
            case .timestamptz: "a timestamp (2024-01-31T23:59:00Z)"
            case .jsonb: "JSON without repeated names"
            case .uuid: "a UUID"
            }
        return Refusal(
            .type, "'\(text)' is not \(noun); column \(column) was declared \(type)", field: column)
    }

    private static func isAllDigits(_ value: UnsafeRawBufferPointer) -> Bool {
        value.dropFirst(value.first == UInt8(ascii: "-") ? 1 : 0).allSatisfy { (48...57).contains($0) }
    }

    /// At most 60 characters of a value, for a message.
    static func excerpt(_ text: String) -> String { text.count <= 60 ? text : text.prefix(60) + "…" }
}
