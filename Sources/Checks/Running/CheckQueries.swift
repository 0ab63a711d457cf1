internal import Records

/// The statements of one check, on one table, through one door.
struct CheckQueries {
    typealias Query = (_ sql: String, _ limit: Int, _ timeout: Duration) throws -> QueryResult

    let dialect: SQLDialect
    private let checkedTable: String?
    private let condition: String?
    private let query: Query

    /// How long a statement may take.
    private static let timeout = Duration.seconds(600)
    /// How many characters of a value figures show.
    private static let shownCharacters = 200

    init(_ dialect: SQLDialect, table: String?, condition: String?, query: @escaping Query) {
        self.dialect = dialect
        self.condition = condition
        self.query = query
        checkedTable = table
    }

    private var table: String {
        get throws {
            guard let checkedTable else {
                throw DataError(
                    .unusableOption, "The check names no table, but the import has several. Add `table: NAME`.")
            }
            return checkedTable
        }
    }

    /// A column with its table.
    func column(_ column: String) throws -> String { try dialect.column(column, of: table) }

    /// A column's value, as figures show it.
    func shown(_ column: String) throws -> String {
        dialect.beginning(of: try self.column(column), characters: Self.shownCharacters)
    }

    /// `FROM` with the rows that the check is about and that fit these conditions, too.
    func from(where conditions: String...) throws -> String {
        let all = ([condition].compactMap { $0 } + conditions).filter { !$0.isEmpty }
        let clause = all.isEmpty ? "" : " WHERE \(all.map(Self.enclosed).joined(separator: " AND "))"
        return "FROM \(try dialect.name(table))\(clause)"
    }

    /// Other people's SQL in parentheses, on lines of its own so that a comment at its end ends.
    static func enclosed(_ sql: String) -> String { "(\(sql)\n)" }

    func run(_ sql: String, limit: Int = Check.maximumFigures, timeout: Duration = timeout) throws -> QueryResult {
        try query(sql, limit, timeout)
    }

    /// The numbers in the one row that a statement gives; NULL counts as 0.
    func numbers(_ sql: String) throws -> [Int64] {
        try (run(sql, limit: 1).rows.first ?? []).map { text in
            guard let number = Int64(text ?? "0") else {
                throw DataError(.destination, "The database gave \(Excerpt.of(text ?? "")) for a number.")
            }
            return number
        }
    }

    func number(_ sql: String) throws -> Int64 { try numbers(sql).first ?? 0 }
}
