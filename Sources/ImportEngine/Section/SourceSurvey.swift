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

    /// Looks at the source as far as is needed to read it: at its head, or all of it where its structure says less.
    init(of source: OpenSource, _ options: ReadingOptions) throws {
        sections = [SurveyedSection(name: "", reading: try CSVFormat.reading(of: source.bytes(), options))]
    }
}

/// One readable unit of a source, and how it is read.
struct SurveyedSection: Sendable {
    /// Empty where the source is one section.
    var name: String
    var reading: ImportSubmitted.Reading
    /// How many records it has, where that is known beforehand.
    var records: UInt64?
}
