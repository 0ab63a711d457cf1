internal import ImportEngine
internal import ImportLog

extension WidenedColumn {
    /// `Column day of visits changed from bigint to text: line 21 has '31x'.`
    ///
    /// - Parameter table: nil if it is clear which one is meant.
    func words(of table: String?) -> String {
        let name = "Column \(column)" + (table.map { " of \($0)" } ?? "")
        // Older logs know no more.
        if from.isEmpty { return "\(name) changed to \(to)." }
        let words = "\(name) changed from \(from) to \(to): line \(line) has '\(value)'."
        guard TypeDoubt.mayBeNull(value) else { return words }
        let setting = value.isEmpty ? "" : " or \(TypeDoubt.setting([value]))"
        return "\(words) If that means no value, roll back, and import with \(TypeDoubt.option(value))\(setting)."
    }
}
