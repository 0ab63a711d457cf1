/// A record that could not be used, with its bytes, its place and its reason.
public struct Reject: Sendable, Equatable {
    /// Empty if the source is one section.
    public var section: String
    /// The record's number in its section, from 1.
    public var record: UInt64
    /// The line it begins on, from 1.
    public var line: UInt64
    /// Bytes before it in its section.
    public var byteOffset: UInt64
    /// The reason's stable code.
    public var code: String
    /// The reason in a sentence.
    public var message: String
    /// The column concerned, where it is one column.
    public var field: String?
    /// The record's key, where it has one.
    public var key: String?
    /// The record's bytes as they appear in the source, line end included.
    public var raw: [UInt8]

    public init(
        section: String = "", record: UInt64, line: UInt64, byteOffset: UInt64, code: String, message: String,
        field: String? = nil, key: String? = nil, raw: [UInt8]
    ) {
        self.section = section
        self.record = record
        self.line = line
        self.byteOffset = byteOffset
        self.code = code
        self.message = message
        self.field = field
        self.key = key
        self.raw = raw
    }
}
