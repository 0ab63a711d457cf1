internal import Records

/// The values of a sample's column, as they stand in the source.
struct WrittenValues {
    /// Those that are there, without white space at their ends.
    private(set) var texts: [String] = []
    /// The spellings of those that are not: `-`, `00.00.0000`.
    private(set) var nulls: [String] = []
    /// The first of a few that have no digit, such as the word `Total` below a column of dates.
    private(set) var stray: Stray?
    private var strays = 0

    struct Stray: Sendable, Equatable {
        var line: UInt64
        var text: String
    }

    /// Nil for a column without values, where some are too long for a number or a date, or have no digit, and where the first
    /// one is neither: then all others need no look.
    ///
    /// - Parameter most: how many values are looked at.
    init?(_ sample: Chunk, column: Int, most: Int) {
        let isFine = sample.withValues { values in
            for record in sample.records.indices where texts.count < most {
                guard let value = values.value(record: record, column: column) else { continue }
                guard value.count <= Self.mostBytes else { return false }
                take(String(decoding: value, as: UTF8.self), line: sample.location(ofRecord: record).line)
                if strays > Self.mostStrays || texts.count == 1 && !mayBeRead { return false }
            }
            return true
        }
        if !isFine || !areEnough { return nil }
    }

    /// Values without empty ones.
    init?(_ values: [String]) {
        for value in values where !value.isEmpty {
            guard value.utf8.count <= Self.mostBytes else { return nil }
            take(value, line: 0)
        }
        if !areEnough { return nil }
    }

    private mutating func take(_ text: String, line: UInt64) {
        if NullText.isLikely(text) || text.isZeroDate {
            if !nulls.contains(text) { nulls.append(text) }
        } else if text.utf8.contains(where: { $0 &- UInt8(ascii: "0") < 10 }) {
            texts.append(text.trimmed)
        } else {
            strays += 1
            if stray == nil { stray = Stray(line: line, text: text) }
        }
    }

    private var mayBeRead: Bool { WrittenNumbers.mayBe(example) || DateShape(example) != nil }

    private var areEnough: Bool { !texts.isEmpty && strays <= Self.mostStrays && strays * 3 <= texts.count }

    var example: String { texts[0] }

    /// The member of a column's mapping for spellings that mean NULL; empty if there are none.
    static func member(nulls: [String]) -> [String] {
        nulls.isEmpty ? [] : ["null: [\(nulls.map(YAMLText.quoted).joined(separator: ", "))]"]
    }

    /// How many values a column of numbers or dates may have that are none.
    private static let mostStrays = 3

    /// The longest that is looked at, in bytes: a month's name in full, a day, a year, and a time.
    private static let mostBytes = 48
}

extension String {
    /// A day that some systems write where there is none.
    fileprivate var isZeroDate: Bool {
        guard (6...10).contains(utf8.count), utf8.first == UInt8(ascii: "0") else { return false }
        return wholeMatch(of: /00([.\/-])00\1(?:00|0000)|0000([.\/-])00\2(?:00)/) != nil
    }

    /// Without the blanks that a column of numbers or dates is read without.
    fileprivate var trimmed: String {
        guard first?.isWhitespace == true || last?.isWhitespace == true else { return self }
        return String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
