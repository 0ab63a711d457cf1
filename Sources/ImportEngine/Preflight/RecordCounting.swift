internal import ImportLog
internal import Records

/// Counts the records of a source before it is imported.
struct RecordCounting {
    let source: OpenSource
    let submitted: ImportSubmitted
    /// How many records sections have, by name, where the survey counted them.
    private let counted: [String: UInt64]

    init(source: OpenSource, submitted: ImportSubmitted, survey: SourceSurvey) {
        self.source = source
        self.submitted = submitted
        counted = Dictionary(survey.sections.compactMap { section in section.records.map { (section.name, $0) } }) {
            first, _ in first
        }
    }

    init(source: OpenSource, submitted: ImportSubmitted) {
        self.source = source
        self.submitted = submitted
        counted = [:]
    }

    /// How many records the samples have.
    func sampled() throws -> UInt64 {
        var (sum, chunk) = (UInt64(0), Chunk())
        for section in submitted.sections where section.hasRecords {
            var reader = try source.reader(of: section.reading)
            if try reader.fill(&chunk, limit: Self.sampleLimit) { sum += UInt64(chunk.recordsRead) }
        }
        return sum
    }

    /// What the survey counted, or what the sample lets expect; nil if that says nothing, as of a stream.
    func estimate() throws -> RecordEstimate? {
        var sum = RecordEstimate(count: 0, isExact: true)
        for section in submitted.sections where section.hasRecords {
            let most = submitted.recordLimit.map { RecordEstimate(count: $0, isExact: false) }
            guard let records = try estimate(of: section) ?? most else { return nil }
            sum.count += min(records.count, submitted.recordLimit ?? .max)
            sum.isExact = sum.isExact && records.isExact
        }
        return sum
    }

    /// The same of one section.
    func estimate(of section: ImportSubmitted.Section) throws -> RecordEstimate? {
        if let records = counted[section.name] {
            return RecordEstimate(count: records, isExact: true)
        }
        return try reckoned(section)
    }

    private static let sampleLimit = ChunkLimit(records: 10_000, bytes: 1 << 20)

    private func reckoned(_ section: ImportSubmitted.Section) throws -> RecordEstimate? {
        var reader = try source.reader(of: section.reading)
        var chunk = Chunk()
        guard try reader.fill(&chunk, limit: Self.sampleLimit) else { return RecordEstimate(count: 0, isExact: true) }
        let records = UInt64(chunk.recordsRead)
        let bytesRead = chunk.end.byteOffset - chunk.start.byteOffset
        if records < UInt64(Self.sampleLimit.records) && bytesRead < UInt64(Self.sampleLimit.bytes) {
            return RecordEstimate(count: records, isExact: true)
        }
        guard let size = source.identity?.size, section.reading.isSeekable, records > 0 else { return nil }
        if chunk.end.byteOffset >= size { return RecordEstimate(count: records, isExact: true) }
        let left = Double(size - chunk.end.byteOffset) * Double(records) / Double(max(1, bytesRead))
        return RecordEstimate(count: records + UInt64(left), isExact: false)
    }

    /// How many records there are, by reading all of them.
    func count() throws -> UInt64 { try places(partSize: 1 << 62).records }

    /// The places at which each section's parts of `size` records begin, by reading all of it; stops after `most` records.
    func places(partSize size: UInt64, most: UInt64 = .max) throws -> (places: [PartPlace], records: UInt64) {
        var places: [PartPlace] = []
        var records: UInt64 = 0
        var chunk = Chunk()
        for (index, section) in submitted.sections.enumerated() where section.hasRecords {
            var reader = try source.reader(of: section.reading)
            let end = submitted.lastRecord(of: section)
            var isAtEnd = false
            while !isAtEnd, records < most, reader.location.record <= end {
                let start = reader.location
                let last = min(end, start.record + (size - 1))
                while reader.location.record <= last, !isAtEnd {
                    let limit = ChunkLimit(records: Int(min(10_000, last - reader.location.record + 1)))
                    isAtEnd = try !reader.fill(&chunk, limit: limit)
                }
                guard reader.location.record > start.record else { break }
                records += reader.location.record - start.record
                places.append(PartPlace(section: index, start: start))
            }
        }
        return (places, records)
    }
}

/// Where a part of a section begins.
struct PartPlace: Sendable, Equatable {
    /// Its index among the sections.
    var section: Int
    var start: RecordLocation
}
