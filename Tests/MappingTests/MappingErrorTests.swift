import Mapping
import Records
import Testing

/// Mappings that cannot be used, and what is said of them.
@Suite struct MappingErrorTests {
    static func column(_ change: (inout ColumnMapping) -> Void) -> SectionMapping {
        .with { $0.columns = ["Price": .with(change)] }
    }

    static func compose(_ template: String) -> SectionMapping {
        .with {
            $0.columns = ["Name": ColumnMapping(to: "full_name")]
            $0.compose = [ComposedColumn(name: "c", template: template), ComposedColumn(name: "d", template: "x")]
        }
    }

    static let cases: [(SectionMapping, String)] = [
        (
            .with { $0.columns = ["Prise": ColumnMapping()] },
            "columns names `Prise`, which the source does not have; did you mean `Price`?"
        ), (.with { $0.columns = ["q": ColumnMapping()] }, "columns names `q`, which the source does not have."),
        (
            .with { $0.columns = ["Name": ColumnMapping(to: "Price")] },
            "two columns would get the name `Price`: the source's column `Name` and the source's column `Price`."
        ),
        (
            .with { $0.constants = ["Name": "x"] },
            "two columns would get the name `Name`: the source's column `Name` and a constant or composed column."
        ),
        (.with { $0.columns = ["Name": ColumnMapping(to: "")] }, "the source's column `Name` would get an empty name."),
        (.with { $0.unlisted = .drop }, "the mapping drops every column."),
        (compose("{full_nam}"), "compose c: there is no column `full_nam`; did you mean `full_name`?"),
        (compose("{Name}"), "compose c: there is no column `Name`; did you mean `full_name`?"),
        (compose("{d}"), "compose c: there is no column `d`."),
        (compose("{Price"), "compose c: the template `{Price` has a brace that is never closed."),
        (compose("Price}"), "compose c: the template `Price}` closes a brace that is not open."),
        (
            column { $0.format = "dd-MM-yyy" },
            "column Price: the date format `dd-MM-yyy` has `yyy`, which is not one of "
        ),
        (column { $0.format = "dd-MM" }, "column Price: the date format `dd-MM` has no year."),
        (column { $0.format = "dd-MM-yyyy d" }, "column Price: the date format `dd-MM-yyyy d` has the day twice."),
        (
            column { $0.format = "dd-MM-yyyy hh:mm" },
            "column Price: the date format `dd-MM-yyyy hh:mm` has only one of `h` and `a`."
        ),
        (
            column { $0.format = "dMMyyyy" },
            "column Price: the date format `dMMyyyy` has a number of variable length right before"
        ), (column { $0.format = "dd-MM-yyyy 'x" }, "column Price: the date format `dd-MM-yyyy 'x` has a quote"),
        (
            column { $0.format = "dd-MM-yyyy[ HH" },
            "column Price: the date format `dd-MM-yyyy[ HH` has a bracket that is"
        ),
        (column { $0.format = "dd-MM-yyyy]" }, "column Price: the date format `dd-MM-yyyy]` closes a bracket"),
        (column { $0.pattern = "(a" }, "column Price: the pattern `(a` is not a regular expression: "),
        (column { $0.pattern = "(a+)*b" }, "column Price: the pattern `(a+)*b` repeats a group that itself repeats"),
        (
            column {
                $0.type = .text
                $0.min = "1"
            }, "column Price: min is for numbers and dates, but the column has the type text."
        ), (column { $0.max = "1" }, "column Price: max is for numbers and dates, but the column has no type."),
        (
            column {
                $0.type = .boolean
                $0.max = "1"
            }, "column Price: max is for numbers and dates, but the column has the type boolean."
        ),
        (
            column {
                $0.type = .integer
                $0.min = "one"
            }, "column Price: min `one` is not a number."
        ),
        (
            column {
                $0.type = .date
                $0.max = "31-12-2024"
            }, "column Price: max `31-12-2024` is not a date."
        ),
        (
            column {
                $0.type = .integer
                $0.min = "2"
                $0.max = "1"
            }, "column Price: min is more than max."
        ),
        (
            column {
                $0.type = .integer
                $0.email = true
            }, "column Price: email is for text, but the column has the type integer."
        ),
        (
            column {
                $0.type = .integer
                $0.format = "yyyy"
            }, "column Price: format is for dates, not for integer."
        ),
        (
            column {
                $0.type = .text
                $0.decimal = ","
            }, "column Price: decimal is for numbers, not for text."
        ), (column { $0.decimal = ";" }, "column Price: decimal is `;`, which is not a decimal separator."),
        (column { $0.oneOf = [] }, "column Price: one_of allows nothing."),
        (column { $0.maxLength = -1 }, "column Price: a length of -1 is not possible."),
        (
            column {
                $0.minLength = 2
                $0.maxLength = 1
            }, "column Price: min_length 2 is more than max_length 1."
        ),
        (
            column {
                $0.to = "p"
                $0.drop = true
            }, "column Price: drop and to exclude each other."
        ),
        (
            column {
                $0.type = .integer
                $0.default = "x"
            }, "column Price: default `x` breaks the column's own rule format: `x` is not an integer."
        ),
        (
            column {
                $0.null = ["-"]
                $0.default = "-"
            }, "column Price: default `-` would be read as NULL."
        ),
    ]

    @Test(arguments: cases.indices)
    func aMappingThatCannotBeUsedSaysWhy(index: Int) throws {
        let (mapping, words) = Self.cases[index]
        let error = #expect(throws: DataError.self) { try Mapper(mapping, sourceColumns: ["Name", "Price"]) }
        #expect(error?.code == .unusableOption)
        #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
    }

    @Test(
        arguments: ["(a+)*", "(?:a|b*)+", "([a-z]+\\.)+", "((a+))+", "(a*)*?", "(a{2,}){3,}", "(x(a+)?)*"])
    func aPatternThatCanTakeForEverIsRefused(pattern: String) throws {
        let mapping = SectionMapping.with { $0.columns = ["a": .with { $0.pattern = pattern }] }
        #expect(throws: DataError.self) { try Mapper(mapping, sourceColumns: ["a"]) }
    }

    @Test(
        arguments: ["(a++)*", "(?>a+)*", "([a-z]+\\.){2}", "(ab)+c*", "[(a+)]+", "\\(a+\\)+", "a*b+", "(?:ab?)+"])
    func anOrdinaryPatternIsNotRefused(pattern: String) throws {
        let mapping = SectionMapping.with { $0.columns = ["a": .with { $0.pattern = pattern }] }
        #expect(throws: Never.self) { try Mapper(mapping, sourceColumns: ["a"]) }
    }
}
