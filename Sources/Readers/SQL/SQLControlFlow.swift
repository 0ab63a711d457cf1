/// Follows a script's control flow as far as it tells that rows are not put in once: those in a loop, in one of two branches,
/// or where an error is handled.
struct SQLControlFlow: Sendable {
    /// The words that open what is being read, for a list of kinds.
    private(set) var rows: String?
    private var isBehindEnd = false

    /// Longer words, and shorter ones, are none of its own.
    private static let lengths = 3...9

    mutating func take(_ word: Range<Int>, _ text: SQLScanner) {
        let wasBehindEnd = isBehindEnd
        isBehindEnd = false
        guard Self.lengths.contains(word.count) else { return }
        switch text.uppercased(word) {
        case "END":
            rows = nil
            isBehindEnd = true
        case "WHILE" where !wasBehindEnd: rows = "INSERT in WHILE"
        case "LOOP" where !wasBehindEnd: rows = "INSERT in LOOP"
        case "CATCH" where !wasBehindEnd: rows = "INSERT in CATCH"
        case "ELSE", "ELSIF", "ELSEIF": rows = "INSERT behind ELSE"
        case "EXCEPTION": rows = "INSERT in EXCEPTION"
        default: break
        }
    }

    /// Nothing goes on beyond SQL Server's `GO`.
    mutating func endBatch() { self = SQLControlFlow() }

    /// The rows that stand here have been told of.
    mutating func told() { rows = nil }
}
