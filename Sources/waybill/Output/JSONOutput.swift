#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension Console {
    /// Writes a value as one JSON document.
    func writeJSON(_ value: some Encodable) {
        write(Self.json(value, pretty: true))
    }

    static func json(_ value: some Encodable, pretty: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        // Only numbers that are no numbers cannot be written, and no shape has any.
        guard let data = try? encoder.encode(value) else { preconditionFailure("A result is no JSON.") }
        return String(decoding: data, as: UTF8.self)
    }
}
