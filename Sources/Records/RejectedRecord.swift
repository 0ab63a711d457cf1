/// Why a record could not be used, as a stable word for reports and counts.
package struct RejectCode: RawRepresentable, Sendable, Hashable, Comparable {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue }

    /// More or fewer fields than the source has columns.
    package static let fieldCount = RejectCode(rawValue: "field_count")
    /// A quote that is not closed, or text after a closing quote.
    package static let quoting = RejectCode(rawValue: "quoting")
    /// Bytes that are not text in the source's encoding.
    package static let encoding = RejectCode(rawValue: "encoding")
    /// A NUL byte, which text columns cannot hold.
    package static let nulByte = RejectCode(rawValue: "nul_byte")
    /// A field or record beyond the size limit.
    package static let tooLarge = RejectCode(rawValue: "too_large")
    /// A value that is not of the type its column was given.
    package static let type = RejectCode(rawValue: "type")
    /// No value for a key column.
    package static let keyMissing = RejectCode(rawValue: "key_missing")
    /// A row with the same key is there already.
    package static let duplicateKey = RejectCode(rawValue: "duplicate_key")
    /// No row has the record's key, and none is inserted.
    package static let rowMissing = RejectCode(rawValue: "row_missing")
    /// Any other constraint of the destination.
    package static let constraint = RejectCode(rawValue: "constraint")

    package static func < (left: RejectCode, right: RejectCode) -> Bool { left.rawValue < right.rawValue }
}

/// A record that could not be used, with its bytes, its place and its reason.
package struct RejectedRecord: Sendable, Equatable {
    package var location: RecordLocation
    package var code: RejectCode
    /// What was wrong, with an excerpt, in one sentence.
    package var message: String
    /// The column concerned, where it is one column.
    package var field: String?
    /// The record's key as text, where it has one.
    package var key: String?
    /// The record's own bytes, line end included, as they appear in the source.
    package var raw: [UInt8]

    package init(
        location: RecordLocation, code: RejectCode, message: String, field: String? = nil, key: String? = nil,
        raw: [UInt8]
    ) {
        self.location = location
        self.code = code
        self.message = message
        self.field = field
        self.key = key
        self.raw = raw
    }
}
