internal import Records

extension Check {
    /// What it is called in results: its name, or one made of what it checks.
    package var title: String { name ?? (table.map { "\(summary) (\($0))" } ?? summary) }

    private var summary: String {
        switch kind {
        case .rows: "rows"
        case .unique(let columns): "unique \(list(columns))"
        case .required(let columns, _): "required \(list(columns))"
        case .format(let column, .word(let word)): "\(column) is \(word.rawValue)"
        case .format(let column, .pattern): "\(column) fits pattern"
        case .oneOf(let column, _): "\(column) is one of"
        case .distribution(let columns, _): "distribution of \(list(columns))"
        case .top(let column, let count): "top \(count) of \(column)"
        case .fresh(let column, _): "\(column) is fresh"
        case .range(let column, _): "range of \(column)"
        case .count(let condition, _): "count where \(condition.shortened(to: 40))"
        case .latest(_, let column, let count): "latest \(count) by \(column)"
        case .sql(let statement, _): "sql \(statement.shortened(to: 40))"
        case .timed(let statement, _): "timed \(statement.shortened(to: 40))"
        }
    }

    private func list(_ columns: [String]) -> String { columns.joined(separator: ", ") }
}

extension String {
    /// The text on one line, with a mark where something was left out.
    fileprivate func shortened(to characters: Int) -> String {
        let words = split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > characters ? "\(words.prefix(characters))…" : words
    }
}
