#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension Console {
    /// Writes a value as one JSON document.
    func writeJSON(_ value: some Encodable) {
        put(Self.json(value, pretty: true) + "\n")
    }

    static func json(_ value: some Encodable, pretty: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Only numbers that are not numbers cannot be written, and no shape has any.
        guard let data = try? encoder.encode(value) else { preconditionFailure("A result is not JSON.") }
        return escaped(String(decoding: data, as: UTF8.self))
    }

    /// The same document, with what a terminal would act upon as JSON escapes. The encoder leaves DEL and what comes after
    /// ASCII as it is; besides these, only its own line ends between values are such characters.
    private static func escaped(_ document: String) -> String {
        guard document.unicodeScalars.contains(where: { $0.value >= 0x7F && TerminalText.isActedUpon($0) }) else {
            return document
        }
        return document.unicodeScalars.map { scalar in
            guard scalar.value >= 0x7F && TerminalText.isActedUpon(scalar) else { return String(scalar) }
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }.joined()
    }
}
