internal import Records

/// Why a column that will be created is text although most of its values have a narrower type.
package struct TypeDoubt: Sendable, Equatable {
    package var column: String
    /// The narrower type.
    package var type: String
    /// The first value that is not of the type.
    package var line: UInt64
    package var value: String
    /// The spellings of all that are not, where they may mean "no value".
    package var nulls: [String]
    /// Whether options reach these: `--null` is for values of CSV without quotes.
    package var isOptionEnough: Bool

    init(_ doubt: TypeInference.Doubt, of column: String, isCSV: Bool) {
        self.column = column
        type = doubt.type.rawValue
        line = doubt.line
        value = doubt.value
        nulls = doubt.nulls
        isOptionEnough = (isCSV || doubt.nulls == [""]) && !doubt.hasQuotedNulls
    }

    /// Whether a value may mean that there is none.
    package static func mayBeNull(_ value: String) -> Bool { NullText.isLikely(value) }
}
