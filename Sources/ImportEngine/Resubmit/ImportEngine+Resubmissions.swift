internal import Glibc
internal import ImportLog
internal import Records

/// Rejected records of imports that a resubmission brought into the destination: their numbers, and those that they had in it.
struct RecordsThatCame {
    private var records: [ImportID: [(record: UInt64, place: UInt64)]] = [:]

    mutating func add(_ record: UInt64, of id: ImportID, as place: UInt64) {
        records[id, default: []].append((record, place))
    }

    /// Comes before the first question.
    mutating func sort() {
        for id in records.keys { records[id]?.sort { $0.record < $1.record } }
    }

    func place(of record: UInt64, of id: ImportID) -> UInt64? {
        guard let all = records[id] else { return nil }
        var (low, high) = (0, all.count)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].record < record { low = middle + 1 } else { high = middle }
        }
        return low < all.count && all[low].record == record ? all[low].place : nil
    }
}

extension ImportEngine {
    /// The other resubmissions of the records that an import resubmits, of which some were rejected again: each rejected
    /// record of theirs is one of the first import's as well.
    func otherResubmissions(beside id: ImportID) throws -> [ImportID] {
        guard var first = try log.submission(of: id).resubmits else { return [] }
        while let earlier = try log.submission(of: first).resubmits { first = earlier }
        var family: Set = [first]
        var others: [ImportID] = []
        for status in try log.imports().reversed() where status.importID != id {
            guard let resubmits = status.resubmits, family.contains(resubmits) else { continue }
            family.insert(status.importID)
            if status.records.rejected > status.mended { others.append(status.importID) }
        }
        return others
    }

    /// Notes with another resubmission which of its rejected records came in now: they are known by the import and the record that
    /// the file of rejects names.
    func noteMended(in other: ImportID, by id: ImportID, _ came: RecordsThatCame) throws {
        let submitted = try log.submission(of: other)
        guard let section = submitted.sections.first, let file = try? RejectFile(section, of: other),
            let importColumn = section.reading.sourceColumns.firstIndex(of: RejectFile.columns[0]),
            let recordColumn = section.reading.sourceColumns.firstIndex(of: RejectFile.columns[1]),
            var notes = try MendingNotes(of: other, section: section.name, by: id, log)
        else { return }
        let path = "\(TemporaryDirectory.path)/waybill-rejects-\(getpid())-\(other)"
        unlink(path)
        defer { unlink(path) }
        var starts: [(record: UInt64, byte: UInt64)] = []
        _ = try writeRejects(of: other, section, file, to: path) { starts.append(($0, $1)) }

        var reader = try OpenSource(SourceAddress(path)).reader(of: section.reading)
        var chunk = Chunk()
        var next = 0
        while try reader.fill(&chunk, limit: ChunkLimit(records: 10_000, bytes: 1 << 20)) {
            try chunk.withValues { values in
                for index in chunk.records.indices {
                    // A record with an open quote may reach over others: only where one begins is known whose it is.
                    let byte = chunk.location(ofRecord: index).byteOffset
                    while next + 1 < starts.count && starts[next + 1].byte <= byte { next += 1 }
                    guard next < starts.count, starts[next].byte <= byte,
                        let first = values.text(record: index, column: importColumn).flatMap({ ImportID($0) }),
                        let record = values.text(record: index, column: recordColumn).flatMap({ UInt64($0) }),
                        let place = came.place(of: record, of: first)
                    else { continue }
                    try notes.add(starts[next].record, as: place)
                }
            }
        }
        try notes.finish()
    }
}
