internal import Mapping
internal import Records
internal import Yams

/// Where constants are read from: another section of the source, or a file beside it.
struct ConstantsFrom: Sendable {
    /// The section's name, or the file's.
    var name: String
    /// The columns that the values go into, by the names in the source; nil for all values under their own names.
    var columns: [String: ColumnMapping]?

    /// `meta.csv`, or `meta.csv: {Date: {to: day, format: dd-MM-yyyy}, Number: number}`.
    init(_ value: YAMLValue) throws {
        guard value.isMapping else {
            name = try value.text()
            return
        }
        let members = try value.members()
        guard members.count == 1 else { throw value.unusable("one file or section: NAME, or NAME: {VALUE: COLUMN, …}") }
        name = members[0].key
        do {
            columns = try YAMLDecoder().decode([String: ColumnMapping].self, from: members[0].value.node)
        } catch let error as DecodingError {
            throw DataError(
                .unusableOption, "\(value.origin): \(error.words(under: members[0].value.path))",
                remedy: "See docs/configuration.md.")
        }
    }
}
