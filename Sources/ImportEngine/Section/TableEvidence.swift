internal import Readers
internal import Records

/// Whether a text that nobody called a table is one, judged by the reader that would import it.
struct TableEvidence {
    private let columns: [String]
    private let records: Int
    private let rejects: Int
    private let hasHeader: Bool
    /// Whether the records seen are words and numbers, as in a list, and not sentences.
    private let isListLike: Bool

    /// Reads the beginning. Nil if it cannot be read as CSV at all.
    init?(_ bytes: any ByteSource, _ options: ReadingOptions) {
        guard var reader = try? CSVFormat.reader(of: bytes, options) else { return nil }
        var chunk = Chunk()
        _ = try? reader.fill(&chunk, limit: Self.sampleLimit)
        columns = reader.columns
        hasHeader = reader.dialect.hasHeader
        records = chunk.records.count
        rejects = chunk.rejects.count
        isListLike = chunk.withValues { values in
            chunk.records.indices.allSatisfy { record in
                Self.words(values.text(record: record, column: 0) ?? "") <= Self.mostWords
            }
        }
    }

    private static let sampleLimit = ChunkLimit(records: 200, bytes: 32 << 10)
    /// A value of a list seldom has more words.
    private static let mostWords = 6

    /// Several columns whose records fit them, or one whose name and values are not sentences.
    var isTable: Bool {
        if columns.count > 1 { return records > 0 ? records >= rejects : rejects == 0 && hasNames }
        return hasHeader && records > 0 && rejects == 0 && hasNames && isListLike
    }

    /// Nothing in it speaks against a table: good enough where the name does.
    var isPlainlyTable: Bool { columns.count > 1 && records > 1 && rejects == 0 && hasNames }

    /// Whether the header's values could name columns.
    private var hasNames: Bool {
        guard hasHeader else { return true }
        let most = columns.count == 1 ? 1 : Self.mostWords
        return columns.allSatisfy { name in
            name.count <= 64 && Self.words(name) <= most && !name.contains { ".!?;<>{}=".contains($0) }
        }
    }

    private static func words(_ text: String) -> Int { text.split(whereSeparator: \.isWhitespace).count }
}
