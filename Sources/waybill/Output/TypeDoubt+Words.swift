internal import ImportEngine
internal import ImportLog

extension TypeDoubt {
    /// Why the column is text, and what makes it what most of its values are.
    var words: String {
        let reason = "\(column): text because line \(line) has '\(Format.excerpt(value, limit: 40))'"
        if nulls.isEmpty && !areNumbers {
            if count == 1 { return "\(reason); otherwise \(type)" }
            let others = Format.count(count - 1, "more value")
            return "\(reason) and \(others) \(count == 2 ? "is" : "are") not \(type)"
        }
        let options = (isOptionEnough ? nulls.map(Self.option) : [Self.setting(nulls)]).filter { _ in !nulls.isEmpty }
        let settings = (options + (areNumbers ? [Self.types([(column, type)])] : [])).joined(
            separator: isOptionEnough ? " " : " and ")
        return reason + (areNumbers ? "; to store numbers: \(settings)" : "; with \(settings) it would be \(type)")
    }

    /// The option that gives columns types.
    static func types(_ types: [(column: String, type: String)]) -> String {
        "--types " + ShellWord.quoted(types.map { "\($0.column)=\($0.type)" }.joined(separator: ","))
    }

    /// What a table that is there has in place of NULL where that is the only doubt.
    var emptyWords: String? {
        nulls == [""] && !areNumbers
            ? "\(column): line \(line) has an empty text in quotes; to have NULL: \(Self.option(""))" : nil
    }

    /// The option that reads a spelling as NULL, as a shell takes it.
    static func option(_ null: String) -> String {
        if null.isEmpty { return "--quoted-empty null" }
        let isPlain = null.allSatisfy { $0.isASCII && ($0.isLetter || "/.".contains($0)) }
        return isPlain ? "--null \(null)" : "--null='\(null)'"
    }

    /// The same in waybill.yaml, for values in quotes and other formats than CSV, too.
    static func setting(_ nulls: [String]) -> String {
        "null: [\(nulls.map { "\"\($0.replacing("\\", with: "\\\\"))\"" }.joined(separator: ", "))] in waybill.yaml"
    }

    /// The lines that say it of some columns.
    static func lines(_ doubts: [TypeDoubt]) -> [String] {
        let most = 20
        let others = Format.count(doubts.count - most, "more column")
        return doubts.prefix(most).map(\.words)
            + (doubts.count > most ? ["and \(others): waybill inspect --json lists all"] : [])
    }
}

extension PreparedTable {
    /// What a table that was there gets in columns of other types than text.
    var emptyTexts: [String] {
        if isCreated { return [] }
        let others = columns.filter { $0.type != "text" }.map(\.name)
        return doubts.filter { others.contains($0.column) }.compactMap(\.emptyWords)
    }
}
