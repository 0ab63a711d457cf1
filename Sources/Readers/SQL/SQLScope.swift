/// Where the names of tables lead that do not say it themselves.
enum SQLScope: Sendable, Equatable {
    case database(String)
    case schema(String)

    /// What `SET search_path = a, b`, `SET SCHEMA 'a'` and `ALTER SESSION SET CURRENT_SCHEMA = a` choose; nil for other
    /// settings.
    init?(setting tokens: ArraySlice<SQLWords.Token>) {
        let setting = tokens.drop { $0.isWord(in: ["SESSION", "LOCAL", "CURRENT"]) }
        guard setting.first?.isWord(in: ["SEARCH_PATH", "SCHEMA", "CURRENT_SCHEMA"]) == true else { return nil }
        let value = setting.dropFirst().drop { $0.isWord("TO") || $0.symbol == UInt8(ascii: "=") }.first
        guard let name = value?.text ?? value?.name else { return nil }
        self = .schema(name)
    }
}
