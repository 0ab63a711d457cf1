internal import Readers
internal import Records

/// What speaks against the way in which a sheet is read, by its first rows: the same as in CSV, where it can be.
struct XLSXEvidence {
    private(set) var doubts: [ReadingDoubt] = []
    /// The refusal of a sheet whose rows all have more cells than its first one.
    private(set) var titleAbove: DataError?

    /// - Parameter head: the sheet's first rows.
    init(_ reader: XLSXReader, named name: String, _ head: [HeadRow], _ options: ReadingOptions) throws {
        if reader.isEmpty && reader.columns.isEmpty { return }
        var reader = reader
        var chunk = Chunk()
        // What keeps the sheet from being read is told when it is.
        _ = try? reader.fill(&chunk, limit: SampledRows.limit)
        let sample = SampledRows(reader.columns, chunk, in: .sheet)
        if options.csv.hasHeader == nil {
            if let title = titleOfOtherShape(reader, chunk, head) {
                titleAbove = DataError(
                    .malformed, "no row of sheet `\(name)` fits its header: \(title.what)", remedy: title.remedy)
                doubts.append(title)
            }
            doubts += sample.headerDoubts()
        }
        if let doubt = sample.foreignNull(options) { doubts.append(doubt) }
    }

    /// A first row with one value, above rows that all have more.
    private func titleOfOtherShape(_ reader: XLSXReader, _ chunk: Chunk, _ head: [HeadRow]) -> ReadingDoubt? {
        guard reader.columns.count == 1, let first = chunk.firstBelowTitle else { return nil }
        return ReadingDoubt(
            what: "the first row has 1 value, and the rows from \(first.location.line) on have more",
            remedy: SampledRows.remedy(
                below: 1, of: chunk.records.count, at: first.location.line,
                head.first { $0.line == first.location.line }?.values, in: .sheet))
    }
}
