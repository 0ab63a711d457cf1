internal import Dispatch
internal import Glibc
internal import Records
internal import Synchronization

/// A large section is surveyed in pieces at once, one on each processor. Where a piece may begin is guessed; what was found
/// there counts only if the scan before it comes to just that place, between two records. So the guess has no part in
/// what is found.
extension JSONScan {
    /// All of the section that begins at `cursor`.
    static func all(from cursor: JSONCursor, layout: JSONLayout) throws -> JSONScan {
        let starts = try pieceStarts(from: cursor, layout)
        let ends = starts + [.max]
        let beginnings =
            try [JSONScan(from: cursor, layout: layout)]
            + starts.map { JSONScan(from: try cursor.moved(to: $0), layout: layout, isFirst: false) }
        let pieces = Mutex([Result<JSONScan, any Error>?](repeating: nil, count: ends.count))
        DispatchQueue.concurrentPerform(iterations: ends.count) { index in
            let piece = Result {
                var scan = beginnings[index]
                // In an array, a reject shows that the guess was wrong.
                try scan.go(to: ends[index], stopsAtReject: index > 0 && layout.form == .array)
                return scan
            }
            pieces.withLock { $0[index] = piece }
        }
        var found = pieces.withLock { $0 }.compactMap(\.self)[...]
        var scan = try found.removeFirst().get()
        for (start, piece) in zip(starts, found) {
            // What is wrong with a piece is found again from the piece before it.
            guard let piece = try? piece.get(), scan.join(piece, from: start) else { break }
        }
        try scan.go()
        return scan
    }

    /// Each takes memory of its own.
    private static let mostPieces: UInt64 = 8

    /// Where pieces other than the first one may begin; none if the section is small or cannot be read at several places.
    private static func pieceStarts(from cursor: JSONCursor, _ layout: JSONLayout) throws -> [UInt64] {
        let start = cursor.location.byteOffset
        guard let size = cursor.size, size > start, layout.form == .lines || layout.form == .array else {
            return []
        }
        let processors = UInt64(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1))
        let count = min((size - start) / cursor.pieceBytes, processors, mostPieces)
        guard count > 1 else { return [] }
        var beginning = cursor
        let opening = layout.form == .array ? try beginning.opening() : nil
        if layout.form == .array && opening == nil { return [] }
        var starts: [UInt64] = []
        for piece in 1..<count {
            var place = try cursor.moved(to: start + (size - start) / count * piece)
            guard let found = try place.recordStart(opening: opening), found > starts.last ?? start, found < size
            else { continue }
            starts.append(found)
        }
        return starts
    }
}
