/// Finds out which byte separates a file's fields.
enum DelimiterDetection {
    /// How much of a file's head is looked at, in bytes.
    static let sampleBytes = 64 << 10
    private static let sampleRecords = 100
    /// In order of preference where the sample does not tell.
    private static let candidates = [",", ";", "\t", "|"].map { Character($0).asciiValue! }

    /// The delimiter that splits most of the first records into the same number of fields, of more than one; a comma
    /// where none does.
    static func delimiter(of text: SourceText) -> UInt8 {
        var best = (delimiter: candidates[0], share: 0.0, fields: 1)
        for candidate in candidates {
            let (share, fields) = consistency(of: candidate, in: text)
            if share > best.share || (share == best.share && fields > best.fields) { best = (candidate, share, fields) }
        }
        return best.delimiter
    }

    /// How many of a record's fields are most frequent with this delimiter, and the share of records that have so many.
    private static func consistency(of delimiter: UInt8, in text: SourceText) -> (share: Double, fields: Int) {
        let isWhole = text.isFinal && text.count <= sampleBytes
        let sample = UnsafeRawBufferPointer(rebasing: text.text.prefix(sampleBytes))
        let splitter = RecordSplitter(CSVDialect(delimiter: delimiter))
        var recordsByFields: [Int: Int] = [:]
        var total = 0
        var position = 0
        scan: while position < sample.count && total < sampleRecords {
            if LineByte.isEnd(sample[position]) {
                position += 1
                continue
            }
            switch splitter.split(sample, from: position, isFinal: isWhole, into: .init(start: nil, count: 0)) {
            case .record(let end, let fieldCount, _):
                if fieldCount > 1 { recordsByFields[fieldCount, default: 0] += 1 }
                position = end
            case .problem:
                position = sample[position...].firstIndex(where: LineByte.isEnd) ?? sample.count
            case .needsText:
                break scan
            }
            total += 1
        }
        let most = recordsByFields.max { ($0.value, $0.key) < ($1.value, $1.key) }
        return most.map { (Double($0.value) / Double(total), $0.key) } ?? (0, 1)
    }
}
