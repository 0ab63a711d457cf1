import Foundation
import ImportLog

/// A service with an importer of its own that keeps an import log: it copies lines of `sku,price` from a feed into a file
/// of rows, 100 at a time.
///
///     FeedService LOG FEED STORE [CHUNK]
///
/// For testing, it dies after writing the chunk with this number: its rows are in the store, but not in the log. Started
/// again, it continues exactly there.
@main struct FeedService {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count >= 3 else { fatalError("usage: FeedService LOG FEED STORE [CHUNK]") }
        let log = try ImportLog(directory: arguments[0])
        let (feed, store) = (arguments[1], try Store(path: arguments[2]))

        let interrupted = try log.imports(in: [.interrupted]).first { $0.source == feed }
        let id: ImportID
        if let interrupted {
            id = interrupted.importID
        } else {
            id = try await log.submit(ImportSubmitted(source: feed, destination: "file:\(store.path)", table: "prices"))
        }
        // Nobody else can work on the import while this is alive.
        let owner = try log.own(id)
        try await owner.append(interrupted == nil ? .started(.current, tableCreated: false) : .resumed(.current))

        // The log says how many rows are right; those of a chunk that it does not know are written again.
        var total = interrupted?.records ?? Counts()
        try store.truncate(toRows: total.inserted)
        let lines = try Lines(of: feed)
        var (place, chunk) = (Span.Place(byteOffset: 0, line: 1, record: 1), UInt64(1))
        for case .chunkCommitted(let done) in try log.events(of: id).map(\.event) {
            (place, chunk) = (done.span.end, done.chunk + 1)
        }

        while let batch = lines.batch(of: 100, from: place) {
            var counts = Counts(read: UInt64(batch.lines.count))
            var (rows, rejects): ([String], [Reject]) = ([], [])
            for line in batch.lines {
                if let problem = line.problem {
                    rejects.append(
                        Reject(
                            record: line.place.record, line: line.place.line, byteOffset: line.place.byteOffset,
                            code: "price", message: problem, raw: Array(line.text.utf8)))
                } else {
                    rows.append(line.text)
                }
            }
            (counts.inserted, counts.rejected) = (UInt64(rows.count), UInt64(rejects.count))
            try store.append(rows)
            if arguments.count > 3, arguments[3] == "\(chunk)" { abort() }
            let span = Span(start: place, end: batch.end)
            try await owner.append(
                .chunkCommitted(ChunkCommitted(chunk: chunk, span: span, counts: counts, rejects: rejects)))
            total += counts
            (place, chunk) = (batch.end, chunk + 1)
        }
        try await owner.append(.completed(ImportCompleted(digest: [], bytes: place.byteOffset, counts: total)))

        let status = try log.status(of: id)
        print(
            "import \(id): \(status.state.rawValue), \(status.records.inserted) rows, \(status.records.rejected) rejected"
        )
        try log.rejects(of: id) { rejected in
            print("line \(rejected.reject.line): \(rejected.reject.message)")
            return true
        }
    }
}
