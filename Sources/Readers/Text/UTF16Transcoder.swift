/// Turns UTF-16 into the UTF-8 that the splitter works on.
///
/// What is not valid UTF-16 becomes bytes that are not valid UTF-8 either, so that one check finds both, and that keep
/// their place: a lone surrogate becomes its three-byte form, an odd last byte becomes 0xFF.
struct UTF16Transcoder {
    let isBigEndian: Bool

    private static let oddByte: UInt8 = 0xFF

    init(_ encoding: TextEncoding) { isBigEndian = encoding == .utf16be }

    /// Appends the text of `source` to `text` and returns how many source bytes it took. Bytes that need what follows
    /// them are left, unless `isFinal` says that nothing follows.
    func transcode(_ source: UnsafeRawBufferPointer, isFinal: Bool, to text: inout [UInt8]) -> Int {
        var position = 0
        while position + 2 <= source.count {
            let unit = self.unit(source, at: position)
            position += 2
            if unit < 0x80 {
                text.append(UInt8(truncatingIfNeeded: unit))
                continue
            }
            var scalar = UInt32(unit)
            if UTF16.isLeadSurrogate(unit) {
                if position + 2 <= source.count {
                    let next = self.unit(source, at: position)
                    if UTF16.isTrailSurrogate(next) {
                        scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(next & 0x3FF))
                        position += 2
                    }
                } else if !isFinal {
                    return position - 2
                }
            }
            Self.append(scalar, to: &text)
        }
        if isFinal && position < source.count {
            text.append(Self.oddByte)
            position += 1
        }
        return position
    }

    /// How many source bytes became this text.
    static func sourceLength(_ text: Slice<UnsafeRawBufferPointer>) -> Int {
        var length = 0
        for byte in text {
            switch byte {
            case oddByte: length += 1
            case 0xF0...: length += 4
            case 0x80..<0xC0: break
            default: length += 2
            }
        }
        return length
    }

    private func unit(_ source: UnsafeRawBufferPointer, at offset: Int) -> UInt16 {
        let unit = source.loadUnaligned(fromByteOffset: offset, as: UInt16.self)
        return isBigEndian ? UInt16(bigEndian: unit) : UInt16(littleEndian: unit)
    }

    private static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        func continuation(_ shift: UInt32) -> UInt8 { 0x80 | UInt8(scalar >> shift & 0x3F) }
        switch scalar {
        case ..<0x800:
            text.append(0xC0 | UInt8(scalar >> 6))
        case ..<0x10000:
            text.append(0xE0 | UInt8(scalar >> 12))
            text.append(continuation(6))
        default:
            text.append(0xF0 | UInt8(scalar >> 18))
            text.append(continuation(12))
            text.append(continuation(6))
        }
        text.append(continuation(0))
    }
}
