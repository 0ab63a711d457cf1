internal import Glibc

/// A scanner for elements that are written as nearly all programs write them: UTF-8, no line breaks in tags, values in
/// double quotes, none but the five entities of XML.
///
/// It takes only what expat would take, too, and tells the same of it. Anything else is `Stop.unusual`, which is not an
/// error: expat then reads the element, and says what is wrong with it if anything is.
struct PlainXML {
    enum Stop: Error {
        /// The text ends within the element.
        case cut
        /// The element is for expat.
        case unusual
    }

    private let base: UnsafeRawPointer
    private let end: Int
    private(set) var position = 0
    /// All bytes of character data that were passed, or-ed.
    private var seen: UInt8 = 0

    /// Begins at the start of `text`, after which a NUL must be in memory.
    init(_ text: UnsafeRawBufferPointer) {
        base = text.baseAddress!
        end = text.count
    }

    /// Why the byte here is not what it should be. The NUL after the end never is.
    var stop: Stop { position >= end ? .cut : .unusual }

    @inline(__always)
    private var byte: UInt8 { base.load(fromByteOffset: position, as: UInt8.self) }

    /// Passes white space between tags.
    @inline(__always)
    mutating func skipSpace() {
        while byte == 0x20 || byte == LineByte.lineFeed || byte == 0x09 { position &+= 1 }
    }

    @inline(__always)
    mutating func pass(_ text: StaticString) throws(Stop) {
        let start = text.utf8Start
        for index in 0..<text.utf8CodeUnitCount {
            guard byte == start[index] else { throw stop }
            position &+= 1
        }
    }

    /// Passes `text` if it is here. Throws if that cannot be told yet.
    @inline(__always)
    mutating func skip(_ text: StaticString) throws(Stop) -> Bool {
        let before = position
        do throws(Stop) {
            try pass(text)
            return true
        } catch {
            if error == .cut { throw error }
            position = before
            return false
        }
    }

    /// Passes the rest of a start tag, from after the element's name. Returns whether the element is empty.
    @inline(__always)
    mutating func attributes(
        _ use: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) throws(Stop) -> Void
    ) throws(Stop) -> Bool {
        let first = position
        while true {
            let before = position
            while byte == 0x20 { position &+= 1 }
            if byte == UInt8(ascii: ">") {
                position &+= 1
                return false
            }
            if byte == UInt8(ascii: "/") {
                position &+= 1
                try pass(">")
                return true
            }
            guard position > before else { throw stop }
            let name = try attributeName()
            if isTwice(name, from: first) { throw .unusual }
            try use(UnsafeRawBufferPointer(start: base + name.lowerBound, count: name.count), try attributeValue())
        }
    }

    @inline(__always)
    private mutating func attributeName() throws(Stop) -> Range<Int> {
        let start = position
        guard Self.isLetter(byte) else { throw stop }
        // Digits and the colon stand side by side.
        while Self.isLetter(byte) || byte &- UInt8(ascii: "0") <= 10 { position &+= 1 }
        let end = position
        try pass("=\"")
        return start..<end
    }

    @inline(__always)
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

    @inline(__always)
    private mutating func attributeValue() throws(Stop) -> UnsafeRawBufferPointer {
        let start = position
        while byte != UInt8(ascii: "\"") {
            guard byte >= 0x20, byte < 0x7F, byte != UInt8(ascii: "<"), byte != UInt8(ascii: "&") else { throw stop }
            position &+= 1
        }
        defer { position &+= 1 }
        return UnsafeRawBufferPointer(start: base + start, count: position &- start)
    }

    /// Whether an attribute's name, with its `="`, stands in the tag before it already: as a name, or, in an odd
    /// value, by chance.
    @inline(__always)
    private func isTwice(_ name: Range<Int>, from first: Int) -> Bool {
        var place = first
        while place < name.lowerBound {
            if base.load(fromByteOffset: place, as: UInt8.self) == 0x20, isSame(name, at: place &+ 1) { return true }
            place &+= 1
        }
        return false
    }

    @inline(__always)
    private func isSame(_ name: Range<Int>, at place: Int) -> Bool {
        var offset = 0
        // Equal as far as the `=`, which no name has.
        while place &+ offset < name.lowerBound {
            let byte = base.load(fromByteOffset: place &+ offset, as: UInt8.self)
            if byte != base.load(fromByteOffset: name.lowerBound &+ offset, as: UInt8.self) { return false }
            if byte == UInt8(ascii: "=") { return true }
            offset &+= 1
        }
        return false
    }

    /// Passes character data up to the next tag, and gives its text in pieces.
    @inline(__always)
    mutating func text(_ use: (UnsafeRawBufferPointer) -> Void) throws(Stop) {
        while true {
            let start = position
            while byte >= 0x40 || Self.textStops >> UInt64(byte) & 1 == 0 {
                seen |= byte
                position &+= 1
            }
            if position > start { use(UnsafeRawBufferPointer(start: base + start, count: position &- start)) }
            if byte == UInt8(ascii: "<") { return }
            guard byte == UInt8(ascii: "&") else { throw stop }
            position &+= 1
            let character = try entity()
            withUnsafeBytes(of: character, use)
        }
    }

    /// The bytes below 0x40 that are not themselves in character data, or not allowed, as bits: controls except for tab
    /// and line feed, and `&`, `<`, `>`. A `>` is allowed except for `]]>`.
    private static let textStops: UInt64 = 0xFFFF_F9FF | 1 << 0x26 | 1 << 0x3C | 1 << 0x3E

    private mutating func entity() throws(Stop) -> UInt8 {
        if try skip("amp;") { return UInt8(ascii: "&") }
        if try skip("lt;") { return UInt8(ascii: "<") }
        if try skip("gt;") { return UInt8(ascii: ">") }
        if try skip("quot;") { return UInt8(ascii: "\"") }
        if try skip("apos;") { return UInt8(ascii: "'") }
        throw stop
    }

    /// Throws if the text that was passed is not UTF-8, or has one of the two characters that no XML has.
    @inline(__always)
    func checkCharacters() throws(Stop) {
        if seen >= 0x80 { try checkUTF8() }
    }

    @inline(never)
    private func checkUTF8() throws(Stop) {
        let bytes = UnsafeRawBufferPointer(start: base, count: position).bindMemory(to: UInt8.self)
        guard (try? UTF8Span(validating: bytes.span)) != nil else { throw .unusual }
        // U+FFFE and U+FFFF are EF BF BE and EF BF BF; what is UTF-8 has two bytes after each EF.
        var place = 0
        while let found = memchr(base + place, 0xEF, position - place) {
            place = base.distance(to: UnsafeRawPointer(found)) + 1
            if base.load(fromByteOffset: place, as: UInt8.self) == 0xBF,
                base.load(fromByteOffset: place + 1, as: UInt8.self) >= 0xBE
            {
                throw .unusual
            }
        }
    }
}
