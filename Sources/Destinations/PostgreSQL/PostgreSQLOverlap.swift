import Records

/// Chunks of one table that are under way at the same time, each in a session of its own: while one waits for its commit,
/// the next one's rows are written already. They are committed in their order, one after the other.
///
/// Only such chunks go side by side as cannot get in each other's way: all their keys are different, no other constraint
/// has to do with more than one row, and the server is expected to refuse none of the records. What does not keep to that is
/// undone, and written alone in its turn.
final class PostgreSQLOverlap {
    private let url: String
    /// The session beside the one that writes alone as well; opened when it is first needed.
    private var second: PostgreSQLSession?
    private var cannotOpen = false
    /// Oldest first; at most two.
    private var begun: [PostgreSQLBegunChunk] = []
    /// Tells the records' keys; nil while chunks have to go alone.
    private var fingerprinter: PostgreSQLFingerprinter?
    /// How long a chunk may wait for its turn. It has locked rows, and whoever waits for these may be whom the chunk before
    /// it waits for: no database can see that.
    private static let patience = Duration.seconds(1)

    init(url: String) { self.url = url }

    /// Begins with another table.
    func reset() {
        giveUp()
        fingerprinter = nil
        second?.writer = nil
    }

    /// Takes note of a chunk that was written alone: others like it may go side by side.
    func noteAlone(_ writer: PostgreSQLWriter, took duration: Duration) throws {
        let isQuick = writer.wroteAtOnce && duration < Self.patience
        fingerprinter = try isQuick && writer.mayOverlap() ? writer.fingerprinter : nil
        // The table may have changed.
        second?.writer = nil
    }

    /// Begins a chunk, where it may go beside those that are under way.
    ///
    /// - Parameter first: the session that writes alone.
    func begin(_ chunk: Chunk, key: LedgerKey, _ plan: TablePlan, first: PostgreSQLSession) {
        if begun.contains(where: { $0.isOf(chunk, key: key) }) { return }
        guard let fingerprinter, let hashes = fingerprinter.keyHashes(of: chunk),
            begun.allSatisfy({ $0.keyHashes.isDisjoint(with: hashes) }), let session = freeSession(first)
        else { return }
        begun.append(
            PostgreSQLBegunChunk(
                chunk, key: key, keyHashes: hashes, plan: plan, in: session, after: begun.last?.turn))
    }

    private func freeSession(_ first: PostgreSQLSession) -> PostgreSQLSession? {
        if !begun.contains(where: { $0.session === first }) { return first }
        if begun.contains(where: { $0.session === second }) || cannotOpen { return nil }
        if second?.connection.isLost != false {
            second = try? PostgreSQLSession(url: url)
            // A server may have no more connections to give, and a URL may name several servers.
            cannotOpen = second?.server != first.server
        }
        return cannotOpen ? nil : second
    }

    /// Waits until a chunk's rows are written that was begun; gives what came of them, and the session whose transaction they
    /// are in. Nil if it was not begun, or has to be written alone; no other is under way then.
    func finish(_ chunk: Chunk, key: LedgerKey) -> (session: PostgreSQLSession, outcome: ChunkOutcome)? {
        guard let oldest = begun.first, oldest.isOf(chunk, key: key) else {
            giveUp()
            return nil
        }
        begun.removeFirst()
        if !oldest.wait(atMost: Self.patience) {
            giveUp()
            fingerprinter = nil
        }
        if let outcome = oldest.finish() { return (oldest.session, outcome) }
        giveUp()
        return nil
    }

    /// Undoes what is under way.
    func giveUp() {
        for chunk in begun.reversed() { chunk.giveUp() }
        begun = []
    }
}
