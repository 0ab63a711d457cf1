import Readers
import Records
import Testing

/// What every reader must do, as checks of a case. Plain conditions inside, because they run very often.
struct ReaderLaws {
    let example: ReaderCase
    var sourceLocation: SourceLocation = #_sourceLocation

    /// Checks all laws. `steps` are sizes of the source's reads.
    func check(steps: some Sequence<Int> = [1, 2, 3, 7, 8, 9, 64], limits: [ChunkLimit] = ChunkLimit.cuts) throws {
        try splitting(steps: steps, limits: limits)
        for limit in limits { try seeking(limit: limit) }
        try unreadable()
    }

    /// Reads the section once: chunks tile it and have its bytes; records and rejects have their numbers, places and raw
    /// bytes; there is an end.
    func read(
        step: Int = .max, limit: ChunkLimit = ChunkLimit(), reopening: Reopening = .never
    ) throws -> Reading {
        let opened = try example.open(step)
        var reader = opened.reader
        var reading = Reading(columns: reader.columns, end: reader.location)
        var chunk = Chunk()
        for _ in 0...example.bytes.count {
            if reopening == .beforeEachChunk {
                let location = reader.location
                reader = try opened.reopen()
                try reader.seek(to: location)
            }
            guard try reader.fill(&chunk, limit: limit) else { break }
            if chunk.bytes.isEmpty {
                require(false, "a chunk has bytes", chunk)
                break
            }
            check(chunk, after: reading.end, limit: limit)
            reading.append(chunk)
            require(chunk.end == reader.location, "the reader stands at its last chunk's end", chunk)
        }
        let end = example.end ?? example.bytes.count
        if reading.end.byteOffset != UInt64(end) {
            fail("the chunks end at \(reading.end.byteOffset), not at \(end)")
        }
        require(chunk.bytes.isEmpty && chunk.recordsRead == 0, "nothing is given behind the end", chunk)
        let count = UInt64(reading.rows.count + reading.rejects.count)
        if let counted = example.recordCount, counted != count {
            fail("a survey counts \(counted) records, and the reader gives \(count)")
        }
        return reading
    }

    /// Neither the size of reads nor that of chunks nor beginning again at each chunk changes what is read.
    func splitting(steps: some Sequence<Int>, limits: [ChunkLimit] = ChunkLimit.cuts) throws {
        let whole = try read()
        for step in steps {
            for limit in limits {
                for reopening in [Reopening.never, .beforeEachChunk] {
                    let reading = try read(step: step, limit: limit, reopening: reopening)
                    if reading != whole {
                        fail("reading \(step) bytes at a time, \(limit), anew \(reopening), gives something else")
                        #expect(reading == whole, sourceLocation: sourceLocation)
                        return
                    }
                }
            }
        }
    }

    /// Going back and forth to any chunk gives that chunk, and so does reading its recorded span again.
    func seeking(limit: ChunkLimit) throws {
        let opened = try example.open(.max)
        var reader = opened.reader
        var chunks: [Chunk] = []
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: limit) { chunks.append(chunk) }
        var again = try opened.reopen()
        for index in chunks.indices.reversed() {
            try again.seek(to: chunks[index].start)
            _ = try again.fill(&chunk, limit: limit)
            require(isSame(chunk, chunks[index]), "a chunk that was sought is what it was", chunks[index])
            try reader.seek(to: chunks[index].start)
            let span = ChunkLimit(
                records: .max, bytes: max(limit.bytes, chunks[index].bytes.count),
                endOffset: chunks[index].end.byteOffset)
            _ = try reader.fill(&chunk, limit: span)
            require(isSame(chunk, chunks[index]), "a recorded span gives the same once more", chunks[index])
            try reader.seek(to: chunks[index].end)
            let hasMore = try reader.fill(&chunk, limit: limit)
            require(hasMore == (index + 1 < chunks.count), "what follows a chunk follows its end", chunks[index])
            if hasMore { require(isSame(chunk, chunks[index + 1]), "the next chunk follows its end", chunks[index]) }
        }
    }

    /// A source that cannot be read is an error, wherever that begins, and nothing else is one.
    func unreadable() throws {
        guard let openOver = example.openOver else { return }
        for failsAt in Set([0, 1, example.bytes.count / 2, max(0, example.bytes.count - 1)]) {
            do {
                var reader = try openOver(FailingSource(example.bytes, failsAt: failsAt)).reader
                var chunk = Chunk()
                while try reader.fill(&chunk, limit: ChunkLimit(records: 1)) {}
                let end = example.end ?? example.bytes.count
                if failsAt < end { fail("byte \(failsAt) cannot be read, and nobody says so") }
            } catch let error as DataError {
                if error.code != .unreadable { fail("byte \(failsAt) cannot be read, but the error is \(error)") }
            }
        }
    }

    private func check(_ chunk: Chunk, after end: RecordLocation, limit: ChunkLimit) {
        let bytes = example.bytes
        let span = Int(chunk.start.byteOffset)..<max(Int(chunk.start.byteOffset), Int(chunk.end.byteOffset))
        require(chunk.start == end, "a chunk begins where the one before it ended", chunk)
        guard span.upperBound <= bytes.count else { return require(false, "a chunk ends in the section", chunk) }
        require(chunk.bytes.elementsEqual(bytes[span]), "a chunk has the bytes of its span", chunk)
        require(
            chunk.end.record == chunk.start.record + UInt64(chunk.recordsRead), "records are numbered without gaps",
            chunk)
        // A document that ends too early is told after its last record, where there is no byte left for a chunk.
        let isCutOff = chunk.rejects.last?.raw.isEmpty == true
        require(
            chunk.recordsRead <= max(1, limit.records) + (isCutOff ? 1 : 0), "a chunk keeps to its record limit", chunk)
        require(
            chunk.fields.count == chunk.records.count * chunk.columnCount, "each record has a field per column", chunk)
        let places = chunk.records.indices.map(chunk.location(ofRecord:)) + chunk.rejects.map(\.location)
        require(
            places.map(\.record).sorted().elementsEqual(chunk.start.record..<chunk.end.record),
            "each number is given once", chunk)
        for place in places {
            require(span.contains(Int(place.byteOffset)) || isCutOff, "a record begins in its chunk", chunk)
            if let lineEnds = example.lineEnds, place.byteOffset <= bytes.count {
                require(
                    place.line == UInt64(1 + lineEnds(bytes[..<Int(place.byteOffset)])), "a record knows its line",
                    chunk)
            }
        }
        for reject in chunk.rejects {
            require(
                bytes[min(bytes.count, Int(reject.location.byteOffset))...].starts(with: reject.raw),
                "a reject keeps its own bytes", chunk)
            require(!reject.message.isEmpty && reject.location.section.isEmpty, "a reject says what is wrong", chunk)
            require(reject.raw.count <= span.count || reject.code == .tooLarge, "a reject is in its chunk", chunk)
        }
    }

    private func isSame(_ chunk: Chunk, _ other: Chunk) -> Bool {
        var (first, second) = (Reading(), Reading())
        first.append(chunk)
        second.append(other)
        return chunk.start == other.start && chunk.bytes == other.bytes && first == second
    }

    private func require(_ condition: Bool, _ fact: String, _ chunk: Chunk) {
        if !condition { fail("\(fact): \(chunk.start) to \(chunk.end)") }
    }

    private func fail(_ fact: String) {
        Issue.record(Comment(rawValue: example.problem(fact)), sourceLocation: sourceLocation)
    }
}

/// Bytes in memory of which those from some place on cannot be read.
struct FailingSource: ByteSource {
    private var trickle: TrickleSource
    private let failsAt: Int

    init(_ bytes: [UInt8], failsAt: Int) {
        trickle = TrickleSource(bytes, step: 5)
        self.failsAt = failsAt
    }

    var size: UInt64? { trickle.size }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, failsAt - trickle.offset)
        guard count > 0 else { throw DataError(.unreadable, "byte \(failsAt) cannot be read") }
        return try trickle.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<count]))
    }

    mutating func seek(to offset: UInt64) throws { try trickle.seek(to: offset) }
}
