/// The records that go into the destination in one transaction.
///
/// Values are not copied out of the source's bytes: a chunk holds the bytes of its span as they were read, and each
/// field says where its value stands. Only a value that is not there as it is meant (a doubled quote, another
/// encoding) is written to `decoded`. A reader fills a chunk, the engine passes it on, and the same chunk is then
/// filled again, so that its buffers are allocated once.
public struct Chunk: Sendable {
    /// Where the span begins: the place of the first record.
    package var start = RecordLocation()
    /// Where the span ends: the place of the record after the last one.
    package var end = RecordLocation()
    /// Exactly the source's bytes from `start` to `end`.
    package var bytes: [UInt8] = []
    /// Values that are not in `bytes` as they are meant, one after the other.
    package var decoded: [UInt8] = []
    /// How many fields each record has.
    package var columnCount = 0
    /// The fields of all records, row by row: `columnCount` for each record.
    package var fields: [Field] = []
    /// The usable records, in source order.
    package var records: [Record] = []
    /// The records that the reader could not use, in source order.
    package var rejects: [RejectedRecord] = []
    /// Which columns have the values of a JSON document as they are: there, a text in `bytes` stands in quotes, and what is
    /// `decoded` is a text. Empty if the source is not JSON.
    package var jsonColumns: [Bool] = []

    package init() {}

    /// How many usable records were taken out of it, which are to go nowhere.
    package private(set) var skippedRecords = 0

    /// How many records the span has, usable or not.
    package var recordsRead: Int { records.count + rejects.count + skippedRecords }

    /// Makes the chunk empty, keeping its buffers, with its span beginning at `start`.
    package mutating func reset(at start: RecordLocation, columnCount: Int) {
        self.start = start
        self.end = start
        self.columnCount = columnCount
        bytes.removeAll(keepingCapacity: true)
        decoded.removeAll(keepingCapacity: true)
        fields.removeAll(keepingCapacity: true)
        records.removeAll(keepingCapacity: true)
        rejects.removeAll(keepingCapacity: true)
        skippedRecords = 0
        if !jsonColumns.isEmpty { jsonColumns.removeAll(keepingCapacity: true) }
    }

    /// Takes usable records out, by their indices; they count as skipped.
    package mutating func skip(_ indices: Set<Int>) {
        if indices.isEmpty { return }
        var kept = 0
        for index in records.indices where !indices.contains(index) {
            records[kept] = records[index]
            for column in 0..<columnCount { fields[kept * columnCount + column] = fields[index * columnCount + column] }
            kept += 1
        }
        records.removeLast(records.count - kept)
        fields.removeLast(fields.count - kept * columnCount)
        skippedRecords += indices.count
    }

    /// One usable record's place, relative to the chunk's start.
    package struct Record: Sendable {
        /// Where the record's bytes begin in `bytes`.
        package var offset: UInt32
        /// How many bytes it has, line end included.
        package var length: UInt32
        /// Lines between the chunk's start and the record.
        package var line: UInt32
        /// Records between the chunk's start and this one.
        package var number: UInt32

        package init(offset: UInt32, length: UInt32, line: UInt32, number: UInt32) {
            self.offset = offset
            self.length = length
            self.line = line
            self.number = number
        }
    }

    /// Where the value of a field stands, in eight bytes.
    public struct Field: Sendable {
        /// The value's first byte, in `bytes` or in `decoded`.
        public var offset: UInt32
        @usableFromInline var lengthAndPlace: UInt32

        @inlinable static var decodedBit: UInt32 { 1 << 31 }
        @inlinable static var nullBit: UInt32 { 1 << 30 }

        /// The longest value a field can have, in bytes.
        package static let maximumLength = Int(nullBit) - 1

        @inlinable init(offset: UInt32, lengthAndPlace: UInt32) {
            self.offset = offset
            self.lengthAndPlace = lengthAndPlace
        }

        @inlinable public static var null: Field { Field(offset: 0, lengthAndPlace: nullBit) }
        /// NULL as well, for a record that does not have the field.
        @inlinable public static var absent: Field { Field(offset: 1, lengthAndPlace: nullBit) }

        /// A value that is in the chunk's `bytes`.
        @inlinable public static func source(offset: Int, length: Int) -> Field {
            Field(offset: UInt32(truncatingIfNeeded: offset), lengthAndPlace: UInt32(truncatingIfNeeded: length))
        }

        /// A value that is in the chunk's `decoded`.
        @inlinable public static func decoded(offset: Int, length: Int) -> Field {
            Field(
                offset: UInt32(truncatingIfNeeded: offset),
                lengthAndPlace: UInt32(truncatingIfNeeded: length) | decodedBit)
        }

        @inlinable public var isAbsent: Bool { lengthAndPlace & Self.nullBit != 0 && offset == 1 }
        @inlinable public var isNull: Bool { lengthAndPlace & Self.nullBit != 0 }
        @inlinable public var isDecoded: Bool { lengthAndPlace & Self.decodedBit != 0 }
        @inlinable public var length: Int { Int(lengthAndPlace & ~(Self.decodedBit | Self.nullBit)) }
    }
}
