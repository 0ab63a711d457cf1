internal import Glibc
internal import Records
internal import Synchronization

/// What `iconv` returns where it fails.
private let failure = Int(bitPattern: UInt.max)

/// What bytes mean in an encoding that the C library knows.
///
/// Unchecked: the library's converter is used within the lock only.
final class CharacterDecoder: @unchecked Sendable {
    /// The characters of the bytes from 0x80 in a single-byte encoding; 0 if it has none.
    let highBytes: [UInt16]

    private let encoding: TextEncoding
    private let converter: iconv_t
    private let lock = Mutex(())

    private static let known = Mutex<[TextEncoding: CharacterDecoder]>([:])

    /// Nil if the C library lacks the converter. Each is opened once and stays open.
    static func of(_ encoding: TextEncoding) -> CharacterDecoder? {
        known.withLock { known in
            if let decoder = known[encoding] { return decoder }
            guard let decoder = CharacterDecoder(encoding) else { return nil }
            known[encoding] = decoder
            return decoder
        }
    }

    private init?(_ encoding: TextEncoding) {
        guard let converter = iconv_open("UTF-8", encoding.iconvName), converter != iconv_t(bitPattern: -1) else {
            return nil
        }
        self.encoding = encoding
        self.converter = converter
        guard encoding.isSingleByte else {
            highBytes = []
            return
        }
        highBytes = (0x80...0xFF as ClosedRange<UInt8>).map { byte in
            var text: [UInt8] = []
            let isRead = [byte].withUnsafeBytes { Self.convert($0, by: converter, to: &text) } == nil
            let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
            return isRead && scalars.count == 1 ? UInt16(exactly: scalars.first!.value) ?? 0 : 0
        }
    }

    /// Appends the text of bytes of a multi-byte encoding, up to the first ones that mean nothing. Returns where those are.
    func decode(_ bytes: UnsafeRawBufferPointer, to text: inout [UInt8]) -> Int? {
        var position = 0
        while position < bytes.count {
            let start = position
            while position < bytes.count, bytes[position] < 0x80 { position += 1 }
            text.append(contentsOf: bytes[start..<position])
            let run = position
            var bad: Int?
            while position < bytes.count, bytes[position] >= 0x80 {
                guard let length = encoding.characterLength(bytes, at: position), position + length <= bytes.count
                else {
                    bad = position
                    break
                }
                position += length
            }
            let before = text.count
            let failed = lock.withLock { _ in
                Self.convert(UnsafeRawBufferPointer(rebasing: bytes[run..<position]), by: converter, to: &text)
            }
            if let failed { return run + failed }
            // Such characters mean nothing: those of Big5 have none that all agree on.
            if encoding == .big5, let place = Self.privateCharacter(text[before...]) { return run + 2 * place }
            if let bad { return bad }
        }
        return nil
    }

    /// How many characters stand before the first one for private use.
    private static func privateCharacter(_ text: ArraySlice<UInt8>) -> Int? {
        var count = 0
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if (0xE000...0xF8FF).contains(scalar.value) { return count }
            count += 1
        }
        return nil
    }

    /// Appends what a converter makes of bytes. Returns the offset at which it failed, if it did.
    private static func convert(_ bytes: UnsafeRawBufferPointer, by converter: iconv_t, to text: inout [UInt8]) -> Int?
    {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return nil }
        // Two bytes become two characters of three bytes each at most.
        let room = 4 * bytes.count + 16
        var left = bytes.count
        var isRead = false
        text.append(addingCapacity: room) { span in
            span.withUnsafeMutableBufferPointer { buffer, count in
                var input: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(mutating: base).assumingMemoryBound(
                    to: CChar.self)
                var output: UnsafeMutablePointer<CChar>? = UnsafeMutableRawPointer(buffer.baseAddress! + count)
                    .assumingMemoryBound(to: CChar.self)
                var outputLeft = buffer.count - count
                let most = outputLeft
                _ = iconv(converter, nil, nil, nil, nil)
                isRead = iconv(converter, &input, &left, &output, &outputLeft) != failure
                // Some hold a character back that the next one may change.
                if isRead { _ = iconv(converter, nil, nil, &output, &outputLeft) }
                count += most - outputLeft
            }
        }
        return isRead ? nil : bytes.count - left
    }
}

extension TextEncoding {
    /// Whether the C library can read it.
    var isAvailable: Bool {
        isUnicode || self == .latin1 || self == .windows1252 || CharacterDecoder.of(self) != nil
    }

    /// Throws if it cannot.
    package func requireAvailable() throws {
        if isAvailable { return }
        throw DataError(
            .unusableOption, "The C library cannot read \(rawValue): its converter is not installed.",
            remedy: "Install glibc's converters (on Fedora: glibc-gconv-extra).")
    }

    /// How many bytes the character has that begins with a byte from 0x80, by its first bytes; nil for bytes that begin none.
    /// Its end need not be there.
    func characterLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
        let lead = bytes[position]
        func isNext(_ offset: Int, _ range: ClosedRange<UInt8>) -> Bool {
            position + offset >= bytes.count || range.contains(bytes[position + offset])
        }
        switch self {
        case .gb18030 where (0x81...0xFE).contains(lead) && position + 1 < bytes.count && isNext(1, 0x30...0x39):
            return isNext(2, 0x81...0xFE) && isNext(3, 0x30...0x39) ? 4 : nil
        case .gbk, .gb18030, .big5, .big5hkscs, .cp949:
            return (0x81...0xFE).contains(lead) && isNext(1, 0x40...0xFE) ? 2 : nil
        case .shiftJIS, .cp932:
            if (0xA1...0xDF).contains(lead) { return 1 }
            return lead != 0x80 && lead != 0xA0 && lead < 0xFD && isNext(1, 0x40...0xFC) ? 2 : nil
        case .eucJP where lead == 0x8E: return isNext(1, 0xA1...0xDF) ? 2 : nil
        case .eucJP where lead == 0x8F: return isNext(1, 0xA1...0xFE) && isNext(2, 0xA1...0xFE) ? 3 : nil
        case .eucJP, .eucKR: return (0xA1...0xFE).contains(lead) && isNext(1, 0xA1...0xFE) ? 2 : nil
        default: return 1
        }
    }

    /// A text as bytes, with a question mark for what the encoding has not.
    package func bytes(of text: String) -> [UInt8] {
        switch self {
        case .utf8: return Array(text.utf8)
        case .utf16, .utf16le: return text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        case .utf16be: return text.utf16.flatMap { [UInt8($0 >> 8), UInt8(truncatingIfNeeded: $0)] }
        default: break
        }
        if isSingleByte {
            let characters = highBytes
            return text.unicodeScalars.map { scalar in
                if scalar.value < 0x80 { return UInt8(scalar.value) }
                return Self.highByte(of: scalar, in: characters) ?? UInt8(ascii: "?")
            }
        }
        guard let converter = iconv_open(iconvName, "UTF-8"), converter != iconv_t(bitPattern: -1) else {
            return text.unicodeScalars.map { $0.value < 0x80 ? UInt8($0.value) : UInt8(ascii: "?") }
        }
        defer { iconv_close(converter) }
        return text.unicodeScalars.flatMap { scalar -> [UInt8] in
            if scalar.value < 0x80 { return [UInt8(scalar.value)] }
            var (input, output) = (
                Array(UTF8.encode(scalar)!).map(CChar.init(bitPattern:)), [CChar](repeating: 0, count: 16)
            )
            var (inputLeft, outputLeft) = (input.count, output.count)
            let failed = input.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    var (from, to) = (input.baseAddress, output.baseAddress)
                    return iconv(converter, &from, &inputLeft, &to, &outputLeft) == failure
                }
            }
            return failed ? [UInt8(ascii: "?")] : output.prefix(output.count - outputLeft).map(UInt8.init(bitPattern:))
        }
    }
}
