internal import FoundationEssentials
internal import Records

/// Keys as one text, where a section's columns cannot be called by them.
enum JSONKeyList {
    static func text(of keys: [String]) -> String? {
        (try? JSONEncoder().encode(keys)).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Throws `DataError(.conflict)` for a text that is not a list of keys.
    static func keys(_ text: String) throws -> [String] {
        do {
            return try JSONDecoder().decode([String].self, from: Data(text.utf8))
        } catch {
            throw DataError(
                .conflict, "The log's list of the section's keys cannot be read.",
                remedy: "Check the log with `waybill log verify`.")
        }
    }
}
