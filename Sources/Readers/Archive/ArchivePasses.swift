internal import Synchronization

/// Where the entries of one archive get their passes over it.
///
/// A pass is used by one entry at a time. When that is done, the pass waits here for an entry that lies ahead of it, so
/// that reading the entries of a `.tar.gz` one after the other expands it once.
final class ArchivePasses: Sendable {
    private let open: @Sendable () throws -> ArchivePass
    private let waiting = Mutex<ArchivePass?>(nil)

    init(open: @escaping @Sendable () throws -> ArchivePass) { self.open = open }

    /// A pass that is before the entry `index`: the one that waits, if it does, or a new one.
    func take(before index: Int) throws -> ArchivePass {
        let found = waiting.withLock { pass -> ArchivePass? in
            guard let entry = pass?.entry, entry.index < index else { return nil }
            defer { pass = nil }
            return pass
        }
        return try found ?? open()
    }

    /// Lets a pass wait, instead of one that waits already.
    func put(_ pass: ArchivePass) {
        if !pass.isBroken { waiting.withLock { $0 = pass } }
    }
}
