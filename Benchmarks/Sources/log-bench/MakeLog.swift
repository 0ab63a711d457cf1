internal import EventLog
internal import ImportLog

/// Makes a log of `count` chunk events in `path`: imports of 1,000 chunks or less, so that there are ten at least;
/// `atOnce` of them are running at the same time.
func makeLog(_ path: String, chunks count: Int, atOnce: Int = 1) throws {
    let log = try ImportLog(directory: path).events
    let chunksPerImport = UInt64(min(1_000, max(1, count / 10)))
    let chunks = try (1...chunksPerImport).map { try ImportEvent.chunkCommitted(.sample($0)).encoded() }
    let imports = UInt64((count + chunks.count - 1) / chunks.count)
    var pending: [AppendTicket] = []
    func append(_ events: some Sequence<NewEvent>, to id: UInt64) throws {
        pending.append(try log.submit(Append(Array(events), to: "import-\(id)", expecting: .any)))
        if pending.count >= 400 {
            for ticket in pending { _ = try ticket.wait() }
            pending = []
        }
    }
    var first: UInt64 = 1
    while first <= imports {
        let running = first..<min(first + UInt64(atOnce), imports + 1)
        for id in running {
            let beginning: [ImportEvent] = [.submitted(.sample(id)), .started(.current, tableCreated: true)]
            try append(try beginning.map { try $0.encoded() }, to: id)
        }
        if atOnce == 1 {
            for start in stride(from: 0, to: chunks.count, by: 100) {
                try append(chunks[start..<start + 100], to: first)
            }
        } else {
            for chunk in chunks { for id in running { try append([chunk], to: id) } }
        }
        for id in running {
            let end = ImportCompleted(
                digest: [UInt8](repeating: UInt8(truncatingIfNeeded: id), count: 32), bytes: 1_450_000_083,
                counts: Counts(
                    read: 10_000_000, inserted: 8_999_990, updated: 900_000, unchanged: 100_000, rejected: 10))
            try append([try ImportEvent.completed(end).encoded()], to: id)
        }
        first = running.upperBound
    }
    for ticket in pending { _ = try ticket.wait() }
}
