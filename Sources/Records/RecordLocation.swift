/// Where a record begins in its source.
package struct RecordLocation: Sendable, Hashable {
    /// The section's name; empty for a source that is one section, such as a plain CSV file.
    package var section: String
    /// Bytes before the record, counted in the section's own bytes from 0.
    package var byteOffset: UInt64
    /// The line the record begins on, from 1.
    package var line: UInt64
    /// The record's number in its section, from 1. Header lines and empty lines are not records.
    package var record: UInt64

    package init(section: String = "", byteOffset: UInt64 = 0, line: UInt64 = 1, record: UInt64 = 1) {
        self.section = section
        self.byteOffset = byteOffset
        self.line = line
        self.record = record
    }
}
