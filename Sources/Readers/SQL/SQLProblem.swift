internal import Records

/// What keeps a record from being used, and where in the text.
struct SQLProblem: Error {
    enum Kind {
        /// The text ends before the record does.
        case ended
        /// Function calls, operators, identifiers and other things to compute.
        case expression
        /// `DEFAULT`, which only the table knows.
        case defaultValue
        /// A value of a column that the other rows leave to the table.
        case expectedDefault
        case expectedValue
        case expectedRow
        case expectedSeparator
        case textAfterQuote
        case badHex
        case badEscape
        case fieldCount(found: Int, expected: Int)
        case unknownColumn(String)
        case badHead
        case tooManyColumns
        case otherTable(String)
        /// The columns in force are others than those that are read.
        case otherColumns(line: UInt64)
        /// A statement whose rows only a database could find: INSERT … SELECT.
        case query(String)
        /// The rows of a COPY are in another file.
        case elsewhere
        case copyOptions
        case nul
        case nulEscape
        case notUTF8
    }

    var kind: Kind
    var position: Int

    init(_ kind: Kind, at position: Int) {
        self.kind = kind
        self.position = position
    }

    var isEnded: Bool { if case .ended = kind { true } else { false } }

    var code: RejectCode {
        switch kind {
        case .expression, .defaultValue, .expectedDefault, .query, .elsewhere: .expression
        case .ended, .expectedValue, .expectedRow, .expectedSeparator, .badHex, .badHead, .tooManyColumns, .copyOptions:
            .syntax
        case .textAfterQuote: .quoting
        case .badEscape, .notUTF8: .encoding
        case .fieldCount: .fieldCount
        case .unknownColumn: .unknownField
        case .otherTable: .otherTable
        case .otherColumns: .unknownField
        case .nul, .nulEscape: .nulByte
        }
    }

    /// What is wrong, as the beginning of a sentence.
    var what: String {
        switch kind {
        case .ended: "the file ends inside the record"
        case .expression: "an expression that only a database can compute,"
        case .defaultValue: "DEFAULT, which only the table knows,"
        case .expectedDefault: "expected DEFAULT or NULL, as in the table's first row,"
        case .expectedValue: "expected a value"
        case .expectedRow: "expected `(` and a row"
        case .expectedSeparator: "expected `,` or `;` after the row"
        case .textAfterQuote: "text after the closing quote, or an earlier quote that is not closed,"
        case .badHex: "this is not a hexadecimal or binary literal"
        case .badEscape: "this escape does not give UTF-8 text"
        case .fieldCount(let found, let expected):
            "expected \(expected) \(expected == 1 ? "value" : "values"), found \(found)"
        case .unknownColumn(let name): "the statement has a column that the source does not have, `\(name)`,"
        case .badHead: "this INSERT cannot be read up to its VALUES; the statement begins"
        case .tooManyColumns: "more than \(SQLLayout.maximumColumnCount) columns; the statement begins"
        case .otherTable(let name): "the record belongs to table `\(name)`, which is not read,"
        case .otherColumns(let line): "the table has other columns from line \(line) on, and the row names none,"
        case .query(let kind): "\(kind), whose rows only a database can give,"
        case .elsewhere: "a COPY whose rows are in another file, which is not read,"
        case .copyOptions: "a row of a COPY with unknown options"
        case .nul, .nulEscape: "a NUL character, which text columns cannot hold,"
        case .notUTF8: "bytes that are not UTF-8"
        }
    }
}
