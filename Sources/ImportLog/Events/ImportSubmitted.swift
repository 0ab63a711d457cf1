/// What to import, how, and into what.
///
/// Most sources are one section; then `table`, `mode`, `key`, `columns`, `reading` and `mapping` cover all of it. A
/// source with several has the first one there, and the others in `furtherSections`; `sections` has all of them.
public struct ImportSubmitted: Sendable, Equatable {
    /// An absolute path, `-` or a URL, without credentials.
    public var source: String
    /// `sqlite:/absolute/path` or a URL, without a password.
    public var destination: String
    /// Identifies the database, whatever address leads to it; empty if only the address does.
    public var destinationID = ""
    public var table: String
    /// `insert`, `update`, `upsert`, `versioned` or `delete`.
    public var mode: String
    public var key: [String]
    public var columns: [Column]
    public var reading: Reading
    public var limits: Limits
    public var batch: Batch?
    /// The import that this one tries again.
    public var retryOf: ImportID?
    public var identity: SourceIdentity?
    /// Who submitted it: `user@host`.
    public var submittedBy: String
    /// The name and version of the program that submitted it.
    public var program: String
    /// The first section's name; empty if the source has no sections.
    public var section = ""
    /// How records become rows, as JSON; empty if nothing is changed.
    public var mapping: [UInt8] = []
    /// The sections that are read after the first one, in this order.
    public var furtherSections: [Section] = []
    /// The most records read of each section; nil for all.
    public var recordLimit: UInt64?
    /// How rows are written, beyond table, mode and key.
    public var writing = Writing()
    /// The import whose rejected records this one brings, mended.
    public var resubmits: ImportID?
    /// Parts of the source that are not imported; at most `mostLeftOut`.
    public var leftOut: [LeftOutPart] = []
    /// The SQL that is run in the destination once all parts of the batch have arrived.
    public var finalize: [String] = []

    public init(
        source: String, destination: String, table: String, mode: String = "insert", key: [String] = [],
        columns: [Column] = [], reading: Reading = Reading(), limits: Limits = Limits(), batch: Batch? = nil,
        retryOf: ImportID? = nil, identity: SourceIdentity? = nil, submittedBy: String = "", program: String = ""
    ) {
        self.source = source
        self.destination = destination
        self.table = table
        self.mode = mode
        self.key = key
        self.columns = columns
        self.reading = reading
        self.limits = limits
        self.batch = batch
        self.retryOf = retryOf
        self.identity = identity
        self.submittedBy = submittedBy
        self.program = program
    }

    /// A column of the table as the import writes it.
    public struct Column: Sendable, Equatable {
        public var name: String
        /// Such as `text`, `integer` or `timestamptz`; see docs/types.md.
        public var type: String
        /// Whether the type was guessed from a sample.
        public var isInferred: Bool

        public init(name: String, type: String = "text", isInferred: Bool = false) {
            self.name = name
            self.type = type
            self.isInferred = isInferred
        }
    }

    /// How the source's bytes become records.
    public struct Reading: Sendable, Equatable {
        public var format = ""
        public var delimiter = ""
        public var hasHeader = false
        public var encoding = ""
        public var nullSpellings: [String] = []
        /// Bytes before the first record.
        public var dataOffset: UInt64 = 0
        /// The line of the first record, from 1.
        public var dataLine: UInt64 = 1
        /// The column names in the source, in source order.
        public var sourceColumns: [String] = []
        public var maxFieldBytes: UInt64 = 0
        /// What the bytes are packed in, such as `gzip` or `zip`; empty if they are the source's own.
        public var container = ""
        /// What else the format needs.
        public var settings: [Setting] = []
        /// The number of the first record, from 1.
        public var firstRecord: UInt64 = 1

        public init() {}
    }

    /// A setting of one format, needed to read the source in the same way again.
    public struct Setting: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// How rows are written, beyond table, mode and key.
    public struct Writing: Sendable, Equatable {
        /// For `versioned`: the columns for is_current, version, valid_from and valid_to, in this order; none for these
        /// names.
        public var historyColumns: [String] = []
        /// For `versioned`: what valid_from is; UTC, ISO 8601.
        public var moment = ""
        /// For `delete`: what is written into the rows instead of deleting them.
        public var marks: [DeletionMark] = []
        /// Whether undo data is kept.
        public var keepsUndo = true
        /// Whether a value that does not fit a guessed type is rejected, instead of the type changed.
        public var keepsTypes = false
        /// For `insert`: whether a record whose key exists is skipped, instead of rejected.
        public var skipsDuplicates = false
        /// For `update` and `upsert`: whether an empty value leaves the row's value as it is.
        public var keepsNonNull = false
        /// The unique index that tells which row has a record's key; empty for the one on exactly the key's columns.
        public var keyIndex = ""
        /// Whether columns that the table lacks are added to it.
        public var addsColumns = false
        /// Columns, or patterns, whose default takes the place of an empty value.
        public var defaultIfEmpty: [String] = []

        public init() {}
    }

    /// A value that is written into a row instead of deleting it.
    public struct DeletionMark: Sendable, Equatable {
        public var column: String
        /// Nil for NULL.
        public var value: String?

        public init(column: String, value: String?) {
            self.column = column
            self.value = value
        }
    }

    public struct Limits: Sendable, Equatable {
        /// The most records and bytes in a chunk; 0 if the program chooses.
        public var chunkRecords: UInt64 = 0
        public var chunkBytes: UInt64 = 0
        public var abortOnReject = false
        public var maxRejects: UInt64?
        public var maxRejectPercent: Double?

        public init() {}
    }

    /// The delivery that the import is a part of.
    public struct Batch: Sendable, Equatable {
        public var id: String
        /// From 1.
        public var part: UInt32?
        public var totalParts: UInt32?
        /// Records in all parts together.
        public var totalItems: UInt64?

        public init(id: String, part: UInt32? = nil, totalParts: UInt32? = nil, totalItems: UInt64? = nil) {
            self.id = id
            self.part = part
            self.totalParts = totalParts
            self.totalItems = totalItems
        }
    }

    /// A file as the system knows it: if all of this is the same later, the file was not written to in between.
    public struct SourceIdentity: Sendable, Equatable {
        /// In bytes; nil if it cannot be known.
        public var size: UInt64?
        public var device: UInt64
        public var inode: UInt64
        /// Nanoseconds since 1970-01-01 UTC.
        public var modified: Int64
        public var changed: Int64
        /// Of the whole source, where the chunks' digests are not of its own bytes; empty otherwise.
        public var digest: [UInt8] = []
        /// A server's strong `ETag` or its `Last-Modified`; empty if there is none.
        public var validator = ""

        public init(size: UInt64?, device: UInt64 = 0, inode: UInt64 = 0, modified: Int64 = 0, changed: Int64 = 0) {
            self.size = size
            self.device = device
            self.inode = inode
            self.modified = modified
            self.changed = changed
        }
    }
}
