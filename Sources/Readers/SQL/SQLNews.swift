/// What is told while rows are read, where nobody could look before: a statement that is not run, or other tables under one
/// name.
struct SQLNews: Sendable {
    enum Kind: Sendable {
        case givesRows(String)
        case changes(String)
        case otherScope
        case guessesColumns
        case neverCommitted
    }

    let kind: Kind
    /// The table whose rows it is about, where that is known.
    let table: String?
    let line: UInt64

    var message: String {
        switch kind {
        case .givesRows(let verb):
            "\(verb) at line \(line) may give rows, and is not run: run the script in a database, and import the table's rows from there"
        case .changes(let verb):
            "\(verb) at line \(line) changes rows of \(table ?? "the table") that stand in front of it, and is not run: run the script in a database, and import the table's rows from there"
        case .guessesColumns:
            "from line \(line) on, some rows of \(table ?? "the table") name their columns and some do not, and no CREATE TABLE tells them: add the columns to all INSERTs"
        case .neverCommitted:
            "the transaction that begins in line \(line) is never committed, so a database would keep none of its rows: get the whole script, or add COMMIT at its end"
        case .otherScope:
            "from line \(line) on, the rows of \(table ?? "the table") are those of another database or schema, and go into the same table: import each database's part by itself, with --table"
        }
    }
}
