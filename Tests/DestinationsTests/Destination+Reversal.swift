import Records

extension Destination {
    /// Takes a chunk back where no table keeps versions.
    func reverse(
        _ key: LedgerKey, overwritesEdited: Bool, only: RowCondition?, entry: (ChunkReversal) throws -> [UInt8]
    ) throws -> Receipt {
        try reverse(key, overwritesEdited: overwritesEdited, only: only, versioned: [], entry: entry)
    }
}
