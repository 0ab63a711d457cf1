/// The texts that a workbook's cells refer to by number.
struct SharedStrings: Sendable {
    let count: Int
    fileprivate let text: SpillingBytes
    /// Where each string ends in `text`, eight bytes each; the highest bit says that the string is longer than was kept.
    fileprivate let ends: SpillingBytes

    fileprivate static let cutBit: UInt64 = 1 << 63
}

/// Looks up shared strings, for one reader.
struct SharedStringLookup: Sendable {
    private let strings: SharedStrings
    private var textCache = PageCache()
    private var endsCache = PageCache()

    init(_ strings: SharedStrings) { self.strings = strings }

    var count: Int { strings.count }

    /// Appends string `index`, which is less than `count`, to the buffer. Returns false if it has more than `limit`
    /// bytes, of which only so many are appended.
    mutating func append(_ index: Int, limit: Int, to buffer: inout [UInt8]) throws -> Bool {
        let start = index == 0 ? 0 : try end(of: index - 1) & ~SharedStrings.cutBit
        let marked = try end(of: index)
        let end = marked & ~SharedStrings.cutBit
        let isTooLong = marked != end || end - start > UInt64(limit)
        try strings.text.read(start..<min(end, start + UInt64(limit)), cache: &textCache) {
            buffer.append(contentsOf: $0)
        }
        return !isTooLong
    }

    private mutating func end(of index: Int) throws -> UInt64 {
        // Pages hold whole numbers, because eight divides their size.
        var end: UInt64 = 0
        let offset = UInt64(index) * 8
        try strings.ends.read(offset..<(offset + 8), cache: &endsCache) { end = $0.loadUnaligned(as: UInt64.self) }
        return end
    }
}

/// Reads the part with the shared strings.
final class SharedStringsHandler: XMLHandler {
    private let maxStringBytes: Int
    private var count = 0
    private var text: SpillingBytes
    private var ends: SpillingBytes

    /// The string in hand.
    private var string: [UInt8] = []
    private var isCut = false
    private var isInString = false
    /// How many `sst` are open: one, but in odd files.
    private var openLists = 0
    private var richText = RichText()

    /// The texts and their places may each have `memoryLimit` bytes in memory.
    init(memoryLimit: Int, maxStringBytes: Int) {
        self.maxStringBytes = maxStringBytes
        text = SpillingBytes(memoryLimit: memoryLimit)
        ends = SpillingBytes(memoryLimit: memoryLimit)
    }

    func finish() throws -> SharedStrings {
        try text.finish()
        try ends.finish()
        return SharedStrings(count: count, text: text, ends: ends)
    }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        if isInString { return richText.start(name, attributes, in: string) }
        if name == "si" {
            isInString = true
            beginString()
            return true
        }
        if name == "sst" { openLists += 1 }
        return name == "sst"
    }

    override func text(_ bytes: UnsafeRawBufferPointer) {
        if richText.isInText { append(bytes) }
    }

    private func beginString() {
        string.removeAll(keepingCapacity: true)
        isCut = false
    }

    private func append(_ bytes: UnsafeRawBufferPointer) {
        let room = maxStringBytes - string.count
        if bytes.count > room { isCut = true }
        string.append(contentsOf: bytes.prefix(room))
    }

    override func end() throws -> Bool {
        guard isInString else {
            openLists -= 1
            return false
        }
        if richText.end(in: &string) { return false }
        isInString = false
        try keepString()
        return false
    }

    private func keepString() throws {
        try string.withUnsafeBytes { try text.append($0) }
        try withUnsafeBytes(of: text.count | (isCut ? SharedStrings.cutBit : 0)) { try ends.append($0) }
        count += 1
    }

    override var plainEnd: StaticString? { "</si>" }

    override var takesPlain: Bool { openLists > 0 && !isInString }

    /// Takes a string without formatting.
    override func take(_ xml: inout PlainXML) throws -> Bool {
        xml.skipSpace()
        try xml.pass("<si>")
        beginString()
        let keepsSpace = try xml.beginText()
        try xml.text { append($0) }
        try xml.endText()
        try xml.pass("</si>")
        try xml.checkCharacters()
        RichText.finish(&string, from: 0, keepsSpace: keepsSpace)
        try keepString()
        return false
    }
}
