/// The result of one check of a destination.
public struct CheckOutcome: Sendable, Equatable, Encodable {
    public var name: String
    /// `passed`, `failed`, `info` for figures only, or `broken` if it could not run.
    public var outcome: String
    public var expected: String
    public var found: String
    public var message: String

    public init(name: String, outcome: String, expected: String = "", found: String = "", message: String = "") {
        self.name = name
        self.outcome = outcome
        self.expected = expected
        self.found = found
        self.message = message
    }
}

/// The destination was compared with the log, and checks were run.
public struct ImportVerified: Sendable, Equatable {
    public var requestedBy: String
    public var passed: UInt32
    public var failed: UInt32
    public var broken: UInt32
    /// They are attached to the event; an event read from the log has none here.
    public var checks: [CheckOutcome]

    public init(requestedBy: String, checks: [CheckOutcome]) {
        self.requestedBy = requestedBy
        self.checks = checks
        passed = UInt32(checks.count { $0.outcome == "passed" })
        failed = UInt32(checks.count { $0.outcome == "failed" })
        broken = UInt32(checks.count { $0.outcome == "broken" })
    }
}

/// Another import brought rejected records of an import into the destination, mended.
public struct RejectsMended: Sendable, Equatable {
    public var by: ImportID
    public var count: UInt64
    /// They are attached to the event; a recorded event read back has none here: ask `ImportLog.mending`.
    public var records: [MendedRecord]

    public init(by: ImportID, records: [MendedRecord]) {
        self.by = by
        self.records = records
        count = UInt64(records.count)
    }
}

/// A rejected record, and the record that came in its place.
public struct MendedRecord: Sendable, Equatable {
    public var section: String
    /// Its number in the import that rejected it.
    public var record: UInt64
    /// Its number in the import that brought it.
    public var byRecord: UInt64

    public init(section: String, record: UInt64, byRecord: UInt64) {
        self.section = section
        self.record = record
        self.byRecord = byRecord
    }
}

/// The closing SQL of a batch group was run.
public struct GroupFinalized: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        public var sql: String
        /// How many rows it changed.
        public var rows: UInt64

        public init(sql: String, rows: UInt64) {
            self.sql = sql
            self.rows = rows
        }
    }

    public var batchID: String
    public var steps: [Step]
    /// Why nothing of it was kept; empty if it succeeded.
    public var error: String

    public init(batchID: String, steps: [Step], error: String = "") {
        self.batchID = batchID
        self.steps = steps
        self.error = error
    }
}
