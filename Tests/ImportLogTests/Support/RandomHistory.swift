import EventLog
import EventLogTestSupport
import ImportLog

/// Events of several imports in several batches, as a seed decides.
struct RandomHistory {
    static let batches = ["november", "nov", "n"]
    private static let codes = ["type", "key", "null"]
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// A history that importers could have made.
    mutating func valid(imports: Int, steps: Int) throws -> [(stream: String, event: NewEvent)] {
        var history: [(String, NewEvent)] = []
        var chunks: [[ChunkCommitted]] = []
        for id in 1...imports {
            history.append(("import-\(id)", try ImportEvent.submitted(submission(after: id - 1)).encoded()))
            chunks.append([])
        }
        for _ in 0..<steps {
            let index = Int.random(in: 0..<imports, using: &random)
            let event: ImportEvent
            if Int.random(in: 0..<5, using: &random) == 0, let last = chunks[index].popLast() {
                event = .chunkLost(ChunkLost(last))
            } else if Bool.random(using: &random) {
                let chunk = chunk(UInt64(chunks[index].count + 1))
                chunks[index].append(chunk)
                event = .chunkCommitted(chunk)
            } else {
                event = other()
            }
            history.append(("import-\(index + 1)", try event.encoded()))
        }
        return history
    }

    /// A history that no importer should make: anything, in any order, in any stream.
    mutating func odd(steps: Int) throws -> [(stream: String, event: NewEvent)] {
        let streams = ["import-1", "import-2", "import-3", "import-03", "import-\(UInt64.max)", "shop"]
        return try (0..<steps).map { _ in
            let stream = streams.randomElement(using: &random) ?? ""
            let number = UInt64.random(in: 1...3, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0...1: return (stream, try ImportEvent.submitted(submission(after: 3)).encoded())
            case 2...3: return (stream, try ImportEvent.chunkCommitted(chunk(number)).encoded())
            case 4: return (stream, try ImportEvent.chunkLost(ChunkLost(chunk(number))).encoded())
            case 5:
                var huge = chunk(number)
                huge.counts = Counts(read: .max, inserted: .max, rejected: .max)
                swap(&huge.span.start, &huge.span.end)
                huge.span.end.byteOffset = Bool.random(using: &random) ? 0 : .max
                return (stream, try ImportEvent.chunkCommitted(huge).encoded())
            case 6: return (stream, NewEvent(type: "ImportWatered", payload: [1], attachments: [[2]]))
            default: return (stream, try other().encoded())
            }
        }
    }

    /// How many events are appended together, so that folds are cut in many ways.
    mutating func groupSize() -> Int { Int.random(in: 1...7, using: &random) }

    private mutating func submission(after others: Int) -> ImportSubmitted {
        let total = Bool.random(using: &random) ? UInt32.random(in: 2...3, using: &random) : nil
        let part = Int.random(in: 0..<4, using: &random) > 0 ? UInt32.random(in: 1...2, using: &random) : nil
        let batch = Int.random(in: 0..<5, using: &random) > 0 ? Self.batches.randomElement(using: &random) : nil
        return .feed(
            size: Bool.random(using: &random) ? UInt64.random(in: 0...3, using: &random) : nil,
            part: batch == nil ? nil : part, of: batch == nil ? nil : total, batch: batch,
            retryOf: others > 0 && Bool.random(using: &random)
                ? ImportID(rawValue: UInt64.random(in: 1...UInt64(others), using: &random)) : nil)
    }

    private mutating func chunk(_ number: UInt64) -> ChunkCommitted {
        let rejects = Int.random(in: 0...2, using: &random)
        return .sample(number, rejecting: (0..<rejects).map { _ in Self.codes.randomElement(using: &random) ?? "" })
    }

    private mutating func other() -> ImportEvent {
        let digest = Bool.random(using: &random) ? "A" : "B"
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return .started(ImportEvent.run, tableCreated: true)
        case 1...3: return .resumed(ImportEvent.run)
        case 4: return .chunkRecovered(chunk: 1)
        case 5: return .chunkFailed(ChunkFailed(chunk: 1, attempt: 1, error: "busy", willRetry: true))
        case 6: return .paused
        case 7: return .interrupted(reason: "SIGTERM", noticedLater: Bool.random(using: &random))
        case 8: return .cancelled(reason: "wrong file")
        case 9: return .failed(error: "disk full")
        default: return .completed(digest, rejected: UInt64.random(in: 0...1, using: &random))
        }
    }
}
