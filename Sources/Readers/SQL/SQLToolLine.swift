/// A line that a tool takes for itself: psql's `\copy`, sqlcmd's `:r`, SQL*Plus's `@file`, SQLite's `.read`.
struct SQLToolLine {
    /// What it is called where it may put rows into a table that nobody reads them from.
    private(set) var kindWithRows: String?
    /// The database that psql's `\connect` goes to.
    private(set) var database: String?

    /// What psql's `\encoding` says.
    private(set) var encoding: String?

    /// What it means for the rows after it.
    enum Flow {
        case ends(_ command: String)
        case goesOn
    }
    private(set) var flow: Flow?

    /// What is in text for the value that sqlcmd's `:setvar` gives a name.
    private(set) var variable: String?

    private static let others: Set = [
        "\\I", "\\IR", "\\INCLUDE", "\\INCLUDE_RELATIVE", ":R", ".READ", ".IMPORT", ".RESTORE",
        "\\LO_IMPORT",
    ]

    /// - Parameter line: ends with the line.
    init(_ line: SQLScanner, from start: Int) {
        var end = start + 1
        while end < line.end, SQLByte.isWord(line[end]) { end += 1 }
        let command = line.uppercased(start..<end)
        let rest = String(decoding: line.bytes(end..<line.end), as: UTF8.self).split { $0.isWhitespace }.joined(
            separator: " ")
        switch command {
        case "\\COPY":
            do throws(SQLProblem) {
                if case .notRows = try SQLCopyHead(line, from: start + 1) { return }
            } catch {
                // It ends with its line.
            }
            kindWithRows = "\\copy"
        case ":SETVAR": variable = rest.split(separator: " ").first.map { "$(\($0))" }
        case "\\C", "\\CONNECT", ".OPEN": database = rest
        case "\\Q", "\\QUIT", "\\IF", ".QUIT", ".EXIT", ":QUIT", ":EXIT": flow = .ends(command.lowercased())
        case "\\ENCODING": encoding = rest.split { " ';\"".contains($0) }.first.map(String.init)
        case "\\ENDIF": flow = .goesOn
        case "\\" where rest.hasPrefix(". "): kindWithRows = "SOURCE"
        case _ where Self.others.contains(command): kindWithRows = command.lowercased()
        case _ where command.hasPrefix("@") && !(command + rest).allSatisfy({ $0 == "@" }): kindWithRows = "@"
        default: break
        }
    }
}
