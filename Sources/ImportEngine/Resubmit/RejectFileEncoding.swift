internal import Glibc
internal import Readers

/// Whether an editor saved a file of rejects as UTF-8, whatever the source was in.
enum RejectFileEncoding {
    private static let blockBytes = 1 << 20
    /// The longest line that is waited for.
    private static let mostBytes = 64 << 20

    /// Whether all of the file is UTF-8, and no text of this encoding. Nothing of what cannot be read is.
    static func isUTF8(_ path: String, ratherThan encoding: TextEncoding) -> Bool {
        guard encoding != .utf8, !encoding.isUTF16 else { return false }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var (text, isOther) = ([UInt8](), false)
        var block = [UInt8](repeating: 0, count: blockBytes)
        while true {
            let count = read(descriptor, &block, block.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { return false }
            text += block[..<count]
            // No character is cut in two at a line's end.
            let end = count == 0 ? text.count : text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            if text.count - end > mostBytes { return false }
            let lines = Array(text[..<end])
            text.removeFirst(end)
            if lines.contains(where: { $0 >= 0x80 }) {
                guard String(validating: lines, as: UTF8.self) != nil else { return false }
                isOther = isOther || EncodingGuess.isUTF8(lines, ratherThan: encoding)
            }
            if count == 0 { return isOther }
        }
    }
}
