internal import Records

/// How a JSON document's records are laid out.
package enum JSONForm: String, Sendable, CaseIterable {
    /// One object per line: NDJSON, JSON Lines.
    case lines
    /// The objects of one array, which is the document or stands in its object.
    case array
    /// One object, which is the only record.
    case record
    /// One member of an object, name and value, which is the only record: what is neither a list of records nor an object.
    case member
    /// Objects one after the other, with white space between them, line ends or none, or record separators (RFC 7464).
    case sequence
    /// Arrays one after the other in the same way, whose elements are the records.
    case arrays

    /// Whether records are in brackets, with commas between them.
    var isArray: Bool { self == .array || self == .arrays }
    /// Whether there is one record, wherever the document ends.
    var isSingle: Bool { self == .record || self == .member }

    /// The byte after which one of its chunks ends at a record's end, and nowhere else unless another one follows.
    var boundary: UInt8? {
        switch self {
        case .array, .arrays: JSONByte.comma
        case .sequence: JSONByte.closeBrace
        case .lines, .record, .member: nil
        }
    }
}

/// How a JSON file is written, with nothing left open: what a reader needs to know to begin anywhere in it.
package struct JSONLayout: Sendable, Hashable {
    package var form: JSONForm
    /// The keys that lead to the array; empty if the array is the document, and for other forms.
    package var path: [String]
    /// The byte after the array, where others follow it. Nil for the document's last section, which goes on to the
    /// document's end and answers for what is there.
    package var sectionEnd: UInt64?
    /// Whether the members of nested objects are columns of their own, named with dots.
    package var flattens: Bool
    /// The longest record, in bytes; a longer one becomes a reject.
    package var maxRecordBytes: Int
    /// How many objects and arrays may be inside each other in a record, the record itself included.
    package var maxDepth: Int

    package static let defaultMaxRecordBytes = 16 << 20
    package static let defaultMaxDepth = 512
    /// Offsets in a chunk have 32 bits, and lengths have 30.
    package static let largestMaxRecordBytes = 1 << 29
    package static let largestMaxDepth = 1 << 20

    package init(
        form: JSONForm, path: [String] = [], sectionEnd: UInt64? = nil, flattens: Bool = false,
        maxRecordBytes: Int = defaultMaxRecordBytes, maxDepth: Int = defaultMaxDepth
    ) {
        self.form = form
        self.path = path
        self.sectionEnd = sectionEnd
        self.flattens = flattens
        self.maxRecordBytes = maxRecordBytes
        self.maxDepth = maxDepth
    }

    /// Throws `DataError(.unusableOption)` for a layout that no file can be read with.
    func check() throws {
        if !(1...Self.largestMaxRecordBytes).contains(maxRecordBytes) {
            throw DataError(
                .unusableOption, "a record limit of \(maxRecordBytes) bytes is not possible",
                remedy: "Give 1 to \(Self.largestMaxRecordBytes) bytes.")
        }
        if !(1...Self.largestMaxDepth).contains(maxDepth) {
            throw DataError(
                .unusableOption, "a depth limit of \(maxDepth) is not possible",
                remedy: "Give 1 to \(Self.largestMaxDepth).")
        }
    }
}

/// What the user said of a JSON file; nil is found out from the file.
package struct JSONOptions: Sendable, Hashable {
    package var form: JSONForm?
    /// Whether an object that is the only line is a record: where something else than the content says that lines are meant.
    package var prefersLines = false
    /// Whether a document without a byte has no records, and is none that was not written.
    package var mayBeEmpty = false
    /// The keys that lead to the array of records, as `JSONPath.keys` reads them; implies an array.
    package var recordsPath: String?
    package var flattens: Bool
    package var maxRecordBytes: Int
    package var maxDepth: Int

    package init(
        form: JSONForm? = nil, recordsPath: String? = nil, flattens: Bool = false,
        maxRecordBytes: Int = JSONLayout.defaultMaxRecordBytes, maxDepth: Int = JSONLayout.defaultMaxDepth
    ) {
        self.form = form
        self.recordsPath = recordsPath
        self.flattens = flattens
        self.maxRecordBytes = maxRecordBytes
        self.maxDepth = maxDepth
    }
}
