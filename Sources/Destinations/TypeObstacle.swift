internal import Records

/// Why a column keeps the type that was guessed for it, and a record is rejected whose value does not fit.
enum TypeObstacle: Equatable {
    /// The user wants it so.
    case unwanted
    /// Another log guessed the type, and its readers rely on it.
    case ofOtherLog
    /// The database refuses another type, in its words.
    case refused(String)
}

extension Refusal {
    /// - Parameter type: as the database calls it.
    static func misfit(
        _ value: UnsafeRawBufferPointer, column: String, type: String, _ obstacle: TypeObstacle
    ) -> Refusal {
        let reason =
            switch obstacle {
            case .unwanted: "guessed types are kept (on_type_conflict: reject)"
            case .ofOtherLog: "another log guessed this type, and only that log may change it"
            case .refused(let words): "the type cannot be changed: \(words)"
            }
        let text = excerpt(String(decoding: value.prefix(300), as: UTF8.self))
        return Refusal(
            .type, "'\(text)' does not fit column \(column) of type \(type) as it is written; \(reason)", field: column)
    }
}

/// Values of a chunk that do not fit the type that was guessed for their column.
struct Misfit {
    /// The column's place in the plan.
    var column: Int
    /// At least one.
    var records: [Int]
    /// The type that holds them.
    var type: ColumnType
}

extension ColumnWidening {
    init(_ misfit: Misfit, of column: String, from: String, to: String, _ chunk: Chunk) {
        let record = misfit.records[0]
        let value = chunk.withValues { $0.text(record: record, column: misfit.column) } ?? ""
        self.init(
            name: column, from: from, to: to, location: chunk.location(ofRecord: record),
            value: Refusal.excerpt(value))
    }
}
