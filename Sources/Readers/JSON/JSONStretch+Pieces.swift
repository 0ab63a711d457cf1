internal import Dispatch
internal import Glibc
internal import Records
internal import Synchronization

/// A large section is surveyed in pieces at once, one on each processor. Where a piece may begin is guessed; what was found
/// there counts only if the stretch before it comes to just that place, between two records. So the guess has no part in
/// what is found.
extension JSONStretch {
    /// All of the section that begins at `cursor`.
    static func all(from cursor: JSONCursor, layout: JSONLayout, pieceBytes: UInt64) throws -> JSONStretch {
        var stretch = JSONStretch(from: cursor, layout: layout)
        let starts = try pieceStarts(from: cursor, layout, pieceBytes)
        guard let first = starts.first else {
            try stretch.go()
            return stretch
        }
        let results = Mutex<[Int: Result<JSONStretch, any Error>]>([:])
        let beginning = stretch
        DispatchQueue.concurrentPerform(iterations: starts.count + 1) { index in
            let end = index < starts.count ? starts[index] : .max
            let result = Result {
                guard index > 0 else {
                    var stretch = beginning
                    try stretch.go(to: first)
                    return stretch
                }
                var stretch = JSONStretch(
                    from: try cursor.moved(to: starts[index - 1]), layout: layout, isFirst: false)
                // In an array, a reject shows that the guess was wrong.
                try stretch.go(to: end, stopsAtReject: layout.form == .array)
                return stretch
            }
            results.withLock { $0[index] = result }
        }
        let pieces = results.withLock { $0 }
        stretch = try pieces[0]!.get()
        for (index, start) in starts.enumerated() {
            // What is wrong with a piece is found once more from the piece before it.
            guard let piece = try? pieces[index + 1]!.get(), stretch.join(piece, from: start) else { break }
        }
        try stretch.go()
        return stretch
    }

    /// Where pieces other than the first one may begin; none if the section is small or cannot be read at several places.
    private static func pieceStarts(
        from cursor: JSONCursor, _ layout: JSONLayout, _ pieceBytes: UInt64
    ) throws -> [UInt64] {
        let start = cursor.location.byteOffset
        guard let size = cursor.size, size > start, layout.form != .record else { return [] }
        let count = min((size - start) / pieceBytes, UInt64(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
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
