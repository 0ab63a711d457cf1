import Dispatch
import Records

/// A chunk whose rows are written on a thread and in a session of its own, up to the commit and without it.
///
/// `@unchecked Sendable`: what the thread leaves is read after it has ended.
final class PostgreSQLBegunChunk: @unchecked Sendable {
    let key: LedgerKey
    let session: PostgreSQLSession
    /// The hashes of the records' keys.
    let keyHashes: Set<UInt64>
    let turn: PostgreSQLTurn
    private let start: RecordLocation
    private let end: RecordLocation
    private let plan: TablePlan
    /// Nil once it is written: the reader needs its buffers for the next ones.
    private var chunk: Chunk?
    private var outcome: ChunkOutcome?
    private let work = DispatchGroup()

    init(
        _ chunk: Chunk, key: LedgerKey, keyHashes: Set<UInt64>, plan: TablePlan, in session: PostgreSQLSession,
        after former: PostgreSQLTurn?
    ) {
        self.key = key
        self.session = session
        self.keyHashes = keyHashes
        turn = PostgreSQLTurn(after: former)
        self.plan = plan
        self.chunk = chunk
        (start, end) = (chunk.start, chunk.end)
        DispatchQueue(label: "waybill.postgresql").async(group: work) { [self] in
            write()
            self.chunk = nil
        }
    }

    func isOf(_ chunk: Chunk, key: LedgerKey) -> Bool {
        self.key == key && start == chunk.start && end == chunk.end
    }

    /// Where anything stands against it, nothing is left of it, and it is written again alone: what that is shows then.
    private func write() {
        guard let chunk else { return }
        outcome = try? writtenAtOnce(chunk)
        if outcome == nil { session.rollBack() }
        turn.pass()
    }

    private func writtenAtOnce(_ chunk: Chunk) throws -> ChunkOutcome? {
        try session.begin(inUsersZone: true)
        return try session.writer(for: plan).writeAtOnce(chunk, key: key, turn)
    }

    /// Waits until the rows are written; false if they are not yet.
    func wait(atMost patience: Duration) -> Bool {
        work.wait(timeout: .now() + patience / .seconds(1)) == .success
    }

    /// Waits until the rows are written, and gives what came of them; nil if it has to be written again alone.
    func finish() -> ChunkOutcome? {
        work.wait()
        return outcome
    }

    /// Takes it back.
    func giveUp() {
        turn.giveUp()
        if !wait(atMost: .zero) { session.connection.cancel() }
        if finish() != nil { session.rollBack() }
    }
}
