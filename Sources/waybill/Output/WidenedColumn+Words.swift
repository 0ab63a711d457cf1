internal import ImportEngine
internal import ImportLog

extension WidenedColumn {
    /// `Column day of visits changed from integer to text: line 21 has '31x'.`
    ///
    /// - Parameter table: nil if it is clear which one is meant.
    func words(of table: String?) -> String {
        let name = "Column \(column)" + (table.map { " of \($0)" } ?? "")
        // Older logs know no more.
        let new = Self.name(ofType: to)
        if from.isEmpty { return "\(name) changed to \(new)." }
        let words = "\(name) changed from \(Self.name(ofType: from)) to \(new): line \(line) has '\(value)'."
        if TypeDoubt.areNumbers(from: Self.name(ofType: from), value) {
            let option = TypeDoubt.types([(column, Self.name(ofType: from))])
            return "\(words) If that is a number like the others, roll back, then import with \(option)."
        }
        guard TypeDoubt.mayBeNull(value) else { return words }
        let setting = value.isEmpty ? "" : " or \(TypeDoubt.setting([value]))"
        return "\(words) If that means no value, roll back, then import with \(TypeDoubt.option(value))\(setting)."
    }

    /// A database's type as --types and the list of a new table's columns call it.
    static func name(ofType type: String) -> String {
        let name = type.lowercased()
        return [
            "bigint": "integer", "double precision": "real", "timestamp without time zone": "timestamp",
            "timestamp with time zone": "timestamptz",
        ][name] ?? name
    }
}
