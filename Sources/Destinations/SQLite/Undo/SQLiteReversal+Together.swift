internal import Records

/// What is undone for the rows of a run together: most of them are as it left them, and nobody changed them since.
extension SQLiteReversal {
    /// Undoes what it can of a run, and gives the places of those changes; each of the others has to be looked at.
    func takeBackTogether(_ run: SQLiteUndoChange) throws -> RangeSet<Int> {
        guard !isStrict, only == nil, run.kind == .insert || run.kind == .update, heirs.isEmpty, moves.isEmpty,
            changes.moved.isEmpty,
            unchanged[run.tableName]?.isEmpty ?? true, let alone = changes.followed?.alone(in: run)
        else { return RangeSet() }
        let table = try table(of: run)
        // What happens to rows that refer to these must be seen. Triggers that keep an index fire meanwhile.
        guard let runs = try table.runs(), !table.isReferredTo, !table.hasTriggers || shadows.isEmpty else {
            return RangeSet()
        }
        if run.kind == .insert { return table.mayBeTouched ? RangeSet() : try runs.remove(run, among: alone) }
        return history(of: table) == nil ? try runs.restore(run, among: alone) : RangeSet()
    }
}
