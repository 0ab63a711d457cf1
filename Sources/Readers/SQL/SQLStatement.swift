/// The statement whose rows are being read.
struct SQLStatement: Sendable {
    /// Where a row's values go.
    enum Order: Sendable {
        /// Into the first columns, this many.
        case asColumns(Int)
        /// Into the columns with these indices; below zero, nowhere.
        case listed([Int])
        /// Nowhere: the rows are skipped.
        case ignored
    }

    var order = Order.ignored
    /// Why none of its rows can be used.
    var problem: SQLProblem.Kind?
    /// The statement as it appears in the text, up to its rows: one that begins so is the same.
    var head: [UInt8] = []
    /// How its rows are written where it is a COPY.
    var copy: SQLCopy?

    /// Its first row says how many of the columns its rows have.
    var mayBeShort = false

    /// The rows, or their rejects, belong to the section.
    var isRead: Bool { if case .ignored = order { problem != nil } else { true } }

    var expectedCount: Int {
        switch order {
        case .asColumns(let count): count
        case .listed(let columns): columns.count
        case .ignored: 0
        }
    }

    /// Takes the count of the first row's values for all of the statement's.
    mutating func settle(valueCount: Int) {
        guard mayBeShort, case .listed(let columns) = order, valueCount <= columns.count else { return }
        order = .listed(Array(columns.prefix(valueCount)))
        mayBeShort = false
    }
}
