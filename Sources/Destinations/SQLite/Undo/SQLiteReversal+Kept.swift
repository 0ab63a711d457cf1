internal import Records

/// What is said of changes that stay together.
extension SQLiteReversal {
    /// Says that these changes stay, which only together leave a foreign key unsound; each row once.
    func keepUnsound(_ group: [Int64]) throws {
        var seen: Set<String> = []
        for n in group {
            guard let change = try changes.change(n, of: chunkID) else { continue }
            let table = try table(of: change)
            let image = try table.image(of: change.row)
            guard seen.insert("\(table.name) \(table.keyText(change.row, image ?? change.before))").inserted else {
                continue
            }
            let referring = try image.flatMap(table.referring)
            _ = try keep(
                change, .refused,
                referring.map { "rows of \($0) refer to it" }
                    ?? "it refers to a row that does not exist, or belongs to one that stays")
        }
    }

    /// Says why these changes stay; rows of other tables that changed with them stay as well.
    func keep(_ group: [Int64], _ messages: [UnreversedRow]) throws {
        outcome.kept += messages
        var seen: Set<String> = []
        for n in group {
            guard let change = try changes.change(n, of: chunkID),
                !messages.contains(where: { $0.table == change.tableName })
            else { continue }
            let row = try stays(with: change, in: table(of: change))
            if seen.insert("\(row.table) \(row.key)").inserted { outcome.kept.append(row) }
        }
    }
}
