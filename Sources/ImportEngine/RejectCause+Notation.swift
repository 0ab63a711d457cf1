internal import ImportLog
internal import Readers

extension RejectCause.Evidence {
    /// Numbers and dates in a country's notation, and the setting that reads them.
    func ofNotation(of id: String) -> (what: String, advice: String)? {
        let rows = rejects.compactMap { dialect.values(of: $0.raw) }.filter { $0.count == columns }
        let written = names.indices.compactMap { index in
            WrittenValues(rows.map { $0[index] }).map { (column: names[index], values: $0) }
        }
        let advice = [FormatAdvice](written)
        let refused = Set(rejects.compactMap(\.field))
        guard !refused.isEmpty, refused.isSubset(of: Set(advice.map(\.column))) else { return nil }
        let named = advice.map(\.setting).joined(separator: ", ")
        let other = advice.map(\.alternatives).joined()
        return (
            words("have numbers or dates that need a setting to be read", of: rejects.count),
            "Add to waybill.yaml: columns: {\(named)}\(other). Then \(accepted == 0 ? "" : "'waybill rollback \(id)', and ")"
                + "import the file again."
        )
    }
}
