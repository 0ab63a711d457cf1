internal import Dispatch
internal import Records
internal import Synchronization

/// The fingerprints of the rows that a chunk's records become, computed by another thread ahead of the writing.
///
/// A thread that needs one which is not there yet computes it itself: none waits.
///
/// `@unchecked Sendable`: the other thread writes each place of `fingerprints` once, before it counts it as ready; `values` is
/// read only, and lives until `stop` returns.
final class SQLiteRowFingerprints: @unchecked Sendable {
    private let row: SQLiteWrittenRow
    private let values: Chunk.Values
    private let fingerprints: UnsafeMutableBufferPointer<UInt64?>
    private let ready = Atomic(0)
    private let isStopped = Atomic(false)
    private let work = DispatchGroup()
    private var own: RowFingerprint

    var table: SQLiteRecordedTable { row.table }

    init(_ row: SQLiteWrittenRow, of values: Chunk.Values, count: Int) {
        self.row = row
        own = RowFingerprint(key: row.table.description.key)
        self.values = values
        fingerprints = .allocate(capacity: count)
        fingerprints.initialize(repeating: nil)
        DispatchQueue.global(qos: .userInitiated).async(group: work) { self.reckonAll() }
    }

    deinit { fingerprints.deallocate() }

    private func reckonAll() {
        var fingerprint = RowFingerprint(key: row.table.description.key)
        for record in fingerprints.indices {
            if isStopped.load(ordering: .relaxed) { return }
            fingerprint.reset()
            fingerprints[record] = row.add(record, of: values, to: &fingerprint) ? fingerprint.value : nil
            ready.store(record + 1, ordering: .releasing)
        }
    }

    /// Nil if only SQLite can tell it.
    ///
    /// - Parameter update: the hook's connection where the record's values replace those of a row that is there.
    func fingerprint(of record: Int, replacing update: OpaquePointer?) -> UInt64? {
        if let update, !row.keepsKey(of: record, in: values, update) { return nil }
        if record < ready.load(ordering: .acquiring) { return fingerprints[record] }
        own.reset()
        return row.add(record, of: values, to: &own) ? own.value : nil
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        work.wait()
    }
}
