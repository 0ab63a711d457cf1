import Records

extension Destination {
    func receipts(logID: String, importID: UInt64) throws -> [Receipt] {
        var receipts: [Receipt] = []
        try forEachReceipt(logID: logID, importID: importID) { receipts.append($0) }
        return receipts
    }
}
