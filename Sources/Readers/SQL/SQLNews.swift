/// What is told while rows are read, where nobody could look before: a statement that is not run, or other tables under one
/// name.
struct SQLNews: Sendable {
    enum Kind: Sendable {
        case givesRows(String)
        case changes(String)
        case otherScope
        case guessesColumns
        case neverCommitted
        case unknown
    }

    let kind: Kind
    /// The table whose rows it is about, where that is known.
    let table: String?
    let line: UInt64

    var message: String {
        switch kind {
        case .givesRows(let verb):
            "\(verb) at line \(line) is not run, but may add rows: run the script in a database and import the table from there"
        case .changes(let verb):
            "\(verb) at line \(line) is not run, but changes rows of \(table ?? "the table") above it: run the script in a database and import the table from there"
        case .guessesColumns:
            "from line \(line) on, only some rows of \(table ?? "the table") list their columns, and there is no CREATE TABLE: add the column list to every INSERT"
        case .neverCommitted:
            "the transaction that begins in line \(line) is never committed, so a database would keep none of its rows: get the whole script, or add COMMIT at its end"
        case .unknown:
            "the text at line \(line) does not begin like an SQL statement and may be rows: correct the file there"
        case .otherScope:
            "from line \(line) on, the rows of \(table ?? "the table") belong to another database or schema but go into the same table: split the file there and import each part with --table"
        }
    }
}
