extension Chunk {
    /// The chunk's values for the time of a closure.
    /// Public with what is on the way of every value: only then the compiler inlines it in other modules.
    public struct Values {
        @usableFromInline let bytes: UnsafeRawBufferPointer
        @usableFromInline let decoded: UnsafeRawBufferPointer
        @usableFromInline let fields: UnsafeBufferPointer<Field>
        @usableFromInline let columnCount: Int

        /// The UTF-8 bytes of a value, or nil for NULL; valid only inside the closure.
        @inlinable @inline(__always)
        public func value(record: Int, column: Int) -> UnsafeRawBufferPointer? {
            let field = fields[record * columnCount + column]
            if field.isNull { return nil }
            let buffer = field.isDecoded ? decoded : bytes
            return UnsafeRawBufferPointer(rebasing: buffer[Int(field.offset)..<(Int(field.offset) + field.length)])
        }

        /// A value as a string, or nil for NULL.
        package func text(record: Int, column: Int) -> String? {
            value(record: record, column: column).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Gives the values of the usable records; nothing taken from `Values` may leave the closure.
    package func withValues<R>(_ body: (Values) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes { bytes in
            try decoded.withUnsafeBytes { decoded in
                try fields.withUnsafeBufferPointer { fields in
                    try body(Values(bytes: bytes, decoded: decoded, fields: fields, columnCount: columnCount))
                }
            }
        }
    }

    /// Where usable record `index` begins in its source.
    package func location(ofRecord index: Int) -> RecordLocation {
        let record = records[index]
        return RecordLocation(
            section: start.section, byteOffset: start.byteOffset + UInt64(record.offset),
            line: start.line + UInt64(record.line), record: start.record + UInt64(record.number))
    }

    /// The source bytes of usable record `index`.
    package func raw(ofRecord index: Int) -> [UInt8] {
        let record = records[index]
        return Array(bytes[Int(record.offset)..<Int(record.offset + record.length)])
    }
}
