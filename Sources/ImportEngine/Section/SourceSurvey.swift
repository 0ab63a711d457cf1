internal import ImportLog
internal import Readers
internal import Records

/// What a source holds.
struct SourceSurvey: Sendable {
    /// In the order of the source; at least one.
    var sections: [SurveyedSection]
    /// Parts of the source that are no data, and why.
    var skipped: [SkippedPart] = []
    /// The delivery that the source says it belongs to.
    var batch: ImportSubmitted.Batch?

    /// Whether the source was seen to its end where its structure asks for that.
    var isComplete = true

    init(sections: [SurveyedSection]) { self.sections = sections }

    /// Looks at the source as far as is needed to read it: at its head, or all of it where its structure says less.
    init(of source: OpenSource, _ options: ReadingOptions) throws {
        self = try Self.of(source.bytes(), name: source.address.name, options)
    }

    private static func of(_ bytes: any ByteSource, name: String, _ options: ReadingOptions) throws -> SourceSurvey {
        let head = try bytes.head(upTo: headBytes)
        guard let format = options.format ?? SourceFormat(head: head, name: name) else {
            throw DataError(
                .malformed, "\(name) is no text, and in no format that is known here.",
                remedy: "Known are \(SourceFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        switch format {
        case .csv: return SourceSurvey(sections: [SurveyedSection(reading: try CSVFormat.reading(of: bytes, options))])
        case .json, .ndjson: return try JSONFormat.survey(bytes, options)
        }
    }

    /// How much of the beginning tells the format.
    private static let headBytes = 64 << 10
}

extension ByteSource {
    /// The first bytes of a source that can be read from its beginning again.
    fileprivate func head(upTo most: Int) throws -> [UInt8] {
        var source = self
        try source.seek(to: 0)
        var head = [UInt8](repeating: 0, count: most)
        var count = 0
        while count < most {
            let read = try head.withUnsafeMutableBytes { try source.read(into: .init(rebasing: $0[count...])) }
            if read == 0 { break }
            count += read
        }
        return Array(head[..<count])
    }
}

/// One readable unit of a source, and how it is read.
struct SurveyedSection: Sendable {
    /// Empty where the source is one section.
    var name = ""
    var reading: ImportSubmitted.Reading
    /// How many records it has, where that is known beforehand.
    var records: UInt64?
}
