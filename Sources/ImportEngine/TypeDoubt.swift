internal import Records

/// Why a column that will be created is text although most of its values have a narrower type.
package struct TypeDoubt: Sendable, Equatable {
    package var column: String
    /// The narrower type.
    package var type: String
    /// The first value that is not of the type; one that means "no value" only where all of them do.
    package var line: UInt64
    package var value: String
    /// The spellings of all that are not, where they may mean "no value".
    package var nulls: [String]
    /// How many values are not of the type.
    package var count: Int
    /// Whether all of them that mean a value are numbers: the type takes them if it is given.
    package var areNumbers: Bool
    /// Whether options reach these: `--null` is for values of CSV without quotes.
    package var isOptionEnough: Bool

    init(_ doubt: TypeInference.Doubt, of column: String, isCSV: Bool) {
        self.column = column
        type = doubt.type.rawValue
        line = doubt.line
        value = doubt.value
        nulls = doubt.nulls
        count = doubt.count
        areNumbers = doubt.areNumbers
        isOptionEnough = (isCSV || doubt.nulls == [""]) && !doubt.hasQuotedNulls
    }

    /// Whether a value is a number that a column of such a type only refused for its spelling.
    package static func areNumbers(from type: String, _ value: String) -> Bool {
        var value = value
        return [.real, .numeric].contains(ColumnType(rawValue: type))
            && value.withUTF8 { SampledColumn.isOtherNumber(UnsafeRawBufferPointer($0)) }
    }

    /// Whether a value may mean that there is none.
    package static func mayBeNull(_ value: String) -> Bool { NullText.isLikely(value) }
}
