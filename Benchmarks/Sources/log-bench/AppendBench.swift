internal import EventLog
internal import ImportLog
internal import PutBaseline

/// Appends chunk events with the hash chain and all projections, and puts as many bytes as often from C, alternately.
///
/// The Swift side is measured twice: `events` in one append, and as appends of one event, `events` of which wait while
/// as many are committed together.
func benchAppend(events: Int, commits: Int, rounds: Int, withSingle: Bool = true) throws {
    let chunks = try (1...UInt64(events * commits)).map {
        var chunk = ChunkCommitted.sample($0)
        chunk.rejects = []
        chunk.counts.rejected = 0
        return try ImportEvent.chunkCommitted(chunk).encoded()
    }
    // What the log stores: a stream's and a type's name, the payload, and 69 bytes of the envelope's own.
    let size = chunks[chunks.count / 2].payload.count + "import-1".utf8.count + "ChunkCommitted".utf8.count + 69
    var c: [Cost] = []
    var together: [Cost] = []
    var single: [Cost] = []
    for _ in 0..<rounds {
        c.append(try withTemporaryDirectory { try baseline($0, commits: commits, events: events, size: size) })
        together.append(try withTemporaryDirectory { try append(chunks, by: events, to: $0, asOne: true) })
        if events > 1 && withSingle {
            single.append(try withTemporaryDirectory { try append(chunks, by: events, to: $0, asOne: false) })
        }
    }
    report("C, \(events) a commit", count: chunks.count, c.map(\.seconds))
    report("log, \(events) a commit", count: chunks.count, together.map(\.seconds))
    reportRatio(c, together)
    if !single.isEmpty {
        report("log, \(events) single appends a commit", count: chunks.count, single.map(\.seconds))
        reportRatio(c, single)
    }
}

private struct Cost {
    var seconds: Double
    var processorSeconds: Double

    static func of(_ body: () throws -> Void) rethrows -> Cost {
        let before = log_bench.processorSeconds()
        let seconds = try log_bench.seconds(body)
        return Cost(seconds: seconds, processorSeconds: log_bench.processorSeconds() - before)
    }
}

private func reportRatio(_ c: [Cost], _ swift: [Cost]) {
    for (name, path) in [("", \Cost.seconds), (" by processor time", \Cost.processorSeconds)] {
        let ratios = zip(c, swift).map { $0[keyPath: path] / $1[keyPath: path] }
        let (least, most) = (round(ratios.min()!, 2), round(ratios.max()!, 2))
        print("\(pad("  of C's speed" + name)) \(round(median(ratios), 2))  (\(least)–\(most))")
    }
}

private func baseline(_ directory: String, commits: Int, events: Int, size: Int) throws -> Cost {
    Cost.of {
        let seconds = put_baseline(directory, commits, events, size)
        if seconds < 0 { fatalError("LMDB said \(Int(seconds)).") }
    }
}

private func append(_ chunks: [NewEvent], by events: Int, to directory: String, asOne: Bool) throws -> Cost {
    let log = try ImportLog(directory: directory)
    let stream = "import-\(try log.submitAndWait(.sample(1)))"
    let eventsEach = asOne ? events : 1
    let appends = stride(from: 0, to: chunks.count, by: eventsEach).map { start in
        Append(Array(chunks[start..<start + eventsEach]), to: stream, expecting: .exactly(UInt64(start + 1)))
    }
    return try Cost.of {
        var pending: [AppendTicket] = []
        for start in stride(from: 0, to: appends.count, by: events / eventsEach) {
            // While these wait, the ones before them are committed; there are none where each append is a commit.
            let before = pending
            pending = try appends[start..<start + events / eventsEach].map { try log.events.submit($0) }
            for ticket in asOne ? pending : before { _ = try ticket.wait() }
        }
        for ticket in pending { _ = try ticket.wait() }
    }
}
