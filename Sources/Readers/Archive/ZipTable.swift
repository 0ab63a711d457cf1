internal import Records

/// The table of contents at a zip's end, compared with the bytes that the zip has and with what its entries say themselves:
/// libarchive, like most tools, skips bytes that no line of the table leads to.
struct ZipTable {
    /// How many bytes are before the first entry and between the table and the record at the end.
    private var strayBytes: UInt64 = 0
    /// What the bytes after the zip's end are; nil if there are none but zeros.
    private var end: UInt64?
    /// In the order in which the entries are in the zip.
    private var names: [[UInt8]] = []

    /// As far back as libarchive looks for the record at the end.
    private static let tailBytes = 16 << 10
    private static let endBytes = 22

    /// What is wrong; nil if all bytes belong to an entry, and the names are those that the entries have.
    static func problem(of source: any ByteSource, size: UInt64, entries: [ArchiveEntry]) throws -> String? {
        guard let table = try ZipTable(source, size: size) else { return nil }
        if table.strayBytes > 0 {
            return "\(table.strayBytes) bytes belong to no listed entry; perhaps two archives were joined"
        }
        if let end = table.end { return "it ends at byte \(end), but other data follows" }
        guard table.names.count == entries.count else { return nil }
        for (name, entry) in zip(table.names, entries) where table.differs(name, from: entry.name) {
            return "its list has an entry \(EntryName.text(name)) whose own header says \(entry.name)"
        }
        return nil
    }

    /// Nil if there is no table that can be read.
    private init?(_ source: any ByteSource, size: UInt64) throws {
        let tail = try source.tail(upTo: Self.tailBytes, ofSize: size)
        guard tail.count >= Self.endBytes,
            let place = (0...(tail.count - Self.endBytes)).reversed().first(where: { tail.hasMark(5, 6, at: $0) })
        else { return nil }
        var record = size - UInt64(tail.count - place)
        let recordEnd = place + Self.endBytes + Int(tail.number(2, at: place + 20))
        if recordEnd < tail.count, !tail[recordEnd...].allSatisfy({ $0 == 0 }) {
            end = size - UInt64(tail.count - recordEnd)
        }
        var (tableSize, tableStart) = (tail.number(4, at: place + 12), tail.number(4, at: place + 16))
        if place >= 20, tail.hasMark(6, 7, at: place - 20) {
            // The record with 64-bit sizes stands before the short one.
            record = tail.number(8, at: place - 12)
            guard record < size else { return nil }
            let long = try source.bytes(56, at: record)
            guard long.count == 56, long.hasMark(6, 6, at: 0) else { return nil }
            (tableSize, tableStart) = (long.number(8, at: 40), long.number(8, at: 48))
        }
        guard tableSize <= record, tableStart <= record - tableSize else { return nil }
        strayBytes = record - tableSize - tableStart
        let table = try source.bytes(Int(clamping: tableSize), at: record - tableSize)
        readLines(of: table)
    }

    private mutating func readLines(of table: [UInt8]) {
        var lines: [(start: UInt64, name: [UInt8])] = []
        var place = 0
        while place + 46 <= table.count, table.hasMark(1, 2, at: place) {
            let nameEnd = place + 46 + Int(table.number(2, at: place + 28))
            let extraEnd = nameEnd + Int(table.number(2, at: place + 30))
            guard extraEnd <= table.count else { return }
            // The names in the entries are hidden where the table is encrypted.
            let isMasked = table.number(2, at: place + 8) & 0x2000 != 0
            let name = isMasked ? [] : Array(table[place + 46..<nameEnd])
            lines.append((table.entryStart(at: place, nameEnd..<extraEnd), name))
            place = extraEnd + Int(table.number(2, at: place + 32))
        }
        lines.sort { $0.start < $1.start }
        names = lines.map(\.name)
        if strayBytes == 0, let first = lines.first { strayBytes = first.start }
        // Entries that overlap have no order.
        for (line, next) in zip(lines, lines.dropFirst()) where line.start == next.start { names = [] }
    }

    /// Names in other letters than ASCII's may be written in two character sets.
    private func differs(_ name: [UInt8], from other: String) -> Bool {
        guard !name.isEmpty, name.allSatisfy({ $0 < 0x80 }), other.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
        func plain(_ name: String) -> Substring {
            let text = name.replacing("\\", with: "/")
            return text.hasSuffix("/") ? text.dropLast() : text[...]
        }
        return plain(EntryName.text(name)) != plain(other)
    }
}

extension ByteSource {
    fileprivate func bytes(_ count: Int, at offset: UInt64) throws -> [UInt8] {
        var source = self
        try source.seek(to: offset)
        return try source.readHead(upTo: count)
    }
}

extension [UInt8] {
    /// Whether a record of a zip of this kind begins here.
    fileprivate func hasMark(_ third: UInt8, _ fourth: UInt8, at place: Int) -> Bool {
        self[place] == 0x50 && self[place + 1] == 0x4B && self[place + 2] == third && self[place + 3] == fourth
    }

    fileprivate func number(_ count: Int, at place: Int) -> UInt64 {
        self[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Where the entry begins whose line in the table is at `place`; 64-bit numbers are in the extra fields.
    fileprivate func entryStart(at place: Int, _ extra: Range<Int>) -> UInt64 {
        let start = number(4, at: place + 42)
        guard start == UInt64(UInt32.max) else { return start }
        var field = extra.lowerBound
        while field + 4 <= extra.upperBound {
            let end = field + 4 + Int(number(2, at: field + 2))
            if number(2, at: field) == 1 {
                let before = [20, 24].count { number(4, at: place + $0) == UInt64(UInt32.max) }
                let value = field + 4 + 8 * before
                return value + 8 <= Swift.min(end, extra.upperBound) ? number(8, at: value) : start
            }
            field = end
        }
        return start
    }
}
