/// How the values of a guessed column are written, where its type keeps their values alone: by this they can be given back as
/// they came.
///
/// `true` and `TRUE` are one value, and so are `2026-02-28T10:00:00Z` and `2026-02-28 10:00:00+00`. A column may have one
/// spelling of each: a value in another one does not fit it.
package struct ValueSpelling: Sendable, Equatable {
    /// The letters of booleans and UUIDs.
    package enum Letters: String, Sendable { case lower, upper, capitalized }

    package private(set) var letters: Letters?
    package private(set) var times: TimeSpelling?

    package init() {}

    /// Takes a value of a type that is guessed. Returns false, and takes nothing, where it is none of the type's or would not
    /// be given back as it is.
    ///
    /// - Parameter isKey: whether values in different spellings would have to be different.
    package mutating func take(_ value: UnsafeRawBufferPointer, as type: ColumnType, isKey: Bool) -> Bool {
        switch type {
        case .boolean:
            guard let (_, letters) = Self.boolean(value) else { return false }
            return take(letters)
        case .uuid:
            guard let letters = Self.lettersOfUUID(value) else { return false }
            return letters.map { take($0) } ?? true
        case .date: return TimeText(value)?.type == .date
        case .timestamp, .timestamptz:
            guard let time = TimeText(value), time.type == type, let clock = time.clock else { return false }
            var spelling = times ?? TimeSpelling(clock, value)
            guard spelling.take(clock, value, isKey: isKey) else { return false }
            times = spelling
            return true
        case .jsonb: return !isKey && JSONText.isKept(value)
        case .text, .integer, .real, .numeric: return false
        }
    }

    private mutating func take(_ letters: Letters) -> Bool {
        if self.letters == nil { self.letters = letters }
        return self.letters == letters
    }

    /// `true` and `false`, in small letters, capitals, or with a capital: other words are as often something else.
    package static func boolean(_ value: UnsafeRawBufferPointer) -> (value: Bool, letters: Letters)? {
        guard value.count == 4 || value.count == 5 else { return nil }
        for letters in [Letters.lower, .upper, .capitalized] {
            for flag in [true, false] where value.elementsEqual(letters.word(flag).utf8) { return (flag, letters) }
        }
        return nil
    }

    /// Whether it is a UUID in the form of RFC 9562, in letters of one kind.
    package static func isUUID(_ value: UnsafeRawBufferPointer) -> Bool { lettersOfUUID(value) != nil }

    /// Nil for what is not a UUID in the form of RFC 9562; in that, nil if it has no letters.
    private static func lettersOfUUID(_ value: UnsafeRawBufferPointer) -> Letters?? {
        guard value.count == 36 else { return nil }
        var letters: Letters?
        for (place, byte) in value.enumerated() {
            switch byte {
            case UInt8(ascii: "-") where [8, 13, 18, 23].contains(place): continue
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "a")...UInt8(ascii: "f"):
                if letters == .upper { return nil }
                letters = .lower
            case UInt8(ascii: "A")...UInt8(ascii: "F"):
                if letters == .lower { return nil }
                letters = .upper
            default: return nil
            }
            if [8, 13, 18, 23].contains(place) { return nil }
        }
        return .some(letters)
    }

    /// Whether no text can be had for the values of the column that is what they were written as.
    ///
    /// - Parameter type: the column's.
    package func isLost(as type: ColumnType) -> Bool { type == .jsonb || times?.hasOffsets == true }

    // MARK: As text

    /// `upper`, or a time's `T s wf3-3 +01:00`.
    package var text: String { letters?.rawValue ?? times?.text ?? "" }

    package init(text: String) {
        letters = Letters(rawValue: text)
        if letters == nil { times = TimeSpelling(text: text) }
    }
}

extension ValueSpelling.Letters {
    package func word(_ flag: Bool) -> String {
        switch self {
        case .lower: flag ? "true" : "false"
        case .upper: flag ? "TRUE" : "FALSE"
        case .capitalized: flag ? "True" : "False"
        }
    }
}

/// How the times of a column are written.
package struct TimeSpelling: Sendable, Equatable {
    /// `T` or a blank.
    package private(set) var separator: UInt8
    package private(set) var hasSeconds: Bool
    /// How the decimals of seconds are: those of a number.
    package private(set) var seconds = NumberSpelling()
    /// That of the first time; empty if they have none.
    package private(set) var offset: String
    /// Whether times came with other offsets: they are the same times, but how they were written is lost.
    package private(set) var hasOffsets = false

    init(_ clock: TimeText.Clock, _ value: UnsafeRawBufferPointer) {
        separator = clock.separator
        hasSeconds = clock.hasSeconds
        offset = String(decoding: value[clock.offset], as: UTF8.self)
    }

    /// More decimals of a second than databases have.
    private static let mostDecimals = 6

    mutating func take(_ clock: TimeText.Clock, _ value: UnsafeRawBufferPointer, isKey: Bool) -> Bool {
        guard clock.separator == separator, clock.hasSeconds == hasSeconds else { return false }
        if !value[clock.offset].elementsEqual(offset.utf8) {
            // Winter and summer have two.
            if isKey { return false }
            hasOffsets = true
        }
        guard clock.hasSeconds else { return true }
        let text = UnsafeRawBufferPointer(rebasing: value[clock.seconds])
        if text.count == 2 { return seconds.takeWhole() }
        return text.count <= 3 + Self.mostDecimals && seconds.takeDecimal(text)
    }

    var text: String {
        let mark = separator == UInt8(ascii: "T") ? "T" : "_"
        return "\(mark) \(hasSeconds ? "s" : "m") \(seconds.text) \(offset)\(hasOffsets ? " *" : "")"
    }

    init?(text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count >= 4 else { return nil }
        separator = parts[0] == "T" ? UInt8(ascii: "T") : UInt8(ascii: " ")
        hasSeconds = parts[1] == "s"
        seconds = NumberSpelling(text: String(parts[2]))
        offset = String(parts[3])
        hasOffsets = parts.count > 4
    }
}
