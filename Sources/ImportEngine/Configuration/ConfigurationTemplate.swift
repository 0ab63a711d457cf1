internal import ImportLog
internal import Mapping

/// A starting `waybill.yaml` for sources that were looked at: valid as it is, with what could be added as comments.
package struct ConfigurationTemplate {
    private let inspections: [Inspection]
    /// What was said of how the sources are read.
    private let options: ImportOptions

    package init(_ inspections: [Inspection], _ options: ImportOptions) {
        self.inspections = inspections
        self.options = options
    }

    package var text: String {
        var lines = [
            "# How Waybill imports each source. All settings: docs/configuration.md and docs/mapping.md.",
            "# Limits can also be set by the environment (WAYBILL_MAX_RECORDS) or a flag (--max-records), which",
            "# override this file.", "", "sources:",
        ]
        var names: Set<String> = []
        for inspection in inspections {
            var name = Self.name(of: inspection.source)
            while !names.insert(name).inserted { name += "-2" }
            lines += source(inspection, named: name)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func source(_ inspection: Inspection, named name: String) -> [String] {
        let file = inspection.source.split(separator: "/").last.map(String.init) ?? inspection.source
        var lines = ["  \(YAMLText.quoted(name)):"]
        if inspection.source == "-" {
            lines.append("    # match: \"*.csv\"              # the file names that this is for")
        } else {
            lines.append("    match: \(YAMLText.quoted(NamePattern.of(file).replacing("${", with: "$${")))")
        }
        lines += [
            "    into: sqlite:waybill.db        # where the rows go; or postgres://USER@HOST/DB",
            "    # mode: upsert                 # insert, update, upsert, versioned or delete",
        ]
        lines += Self.limits.map { "    # \($0.0)".padded(to: 35) + "# \($0.1)" }
        let section = options.section
        lines += (options.reading.yaml + (section.mapping.trim ? ["trim: true"] : [])).map { "    " + $0 }
        if let quotedEmpty = section.quotedEmpty { lines.append("    quoted_empty: \(YAMLText.quoted(quotedEmpty))") }
        let isOne = inspection.sections.count == 1 && inspection.sections[0].name.isEmpty
        if isOne {
            let table = inspection.sections[0].table
            let stem = NameEnding.stem(of: file)
            // One table for all files that the pattern fits.
            let isNumbered = table == stem && stem.contains(where: \.isNumber)
            lines += settings(of: inspection.sections[0], into: isNumbered ? name : table, indent: "    ")
        } else {
            lines.append("    sections:")
            for section in inspection.sections {
                lines.append("      \(YAMLText.quoted(section.name)):")
                lines += settings(of: section, into: section.table, indent: "        ")
                lines.append("        # after: OTHER_SECTION      # is written after that one, wherever it is")
            }
        }
        return lines + [""]
    }

    private static let limits = [
        ("max_records: 10000", "refuse a source with more records,"),
        ("on_max_records: split", "or import it in parts of that size"),
        ("warn_records: 5000", "warn at this many or more"),
        ("chunk_size: 10000", "records in one transaction"), ("timeout: 60m", "stop after this time; resume later"),
        ("max_file_size: 2GiB", "refuse larger sources"), ("max_record_size: 16MiB", "reject larger records"),
        ("max_rejects: 1%", "stop when more are rejected"),
    ]

    private func settings(of section: Inspection.Section, into table: String, indent: String) -> [String] {
        var lines = ["table: \(YAMLText.quoted(table))"]
        let key = Self.likelyKey(of: section)
        lines.append(
            key.map { "# key: \(YAMLText.quoted($0))".padded(to: 31) + "# unique in the sample" }
                ?? "# key: COLUMN                  # the column, or [columns], that identify a row")
        let advice = Dictionary(section.advice.map { ($0.column, $0) }) { first, _ in first }
        // Of these, the values leave no doubt how they are to be read.
        let isGiven = section.advice.contains(where: \.isSure)
        lines.append(
            (isGiven ? "" : "# ") + "columns:".padded(to: isGiven ? 31 : 29)
                + "# columns not listed are kept as they are")
        for (index, column) in section.columns.enumerated() {
            let example = section.rows.lazy.compactMap { $0[index] }.first { !$0.isEmpty }
            let words = example.map { "such as \(YAMLText.excerpt($0))" } ?? "no value in the sample"
            let start = advice[column.name]?.isSure == true ? "  " : isGiven ? "  # " : "#   "
            let (setting, remark) = advice[column.name].map { ($0.setting, $0.alternatives) } ?? guess(column, section)
            lines.append((start + setting).padded(to: 40) + " # \(words)\(remark)")
        }
        return lines.map { indent + $0 }
    }

    /// A column's type as a setting, and what it would be without one.
    private func guess(
        _ column: ImportSubmitted.Column, _ section: Inspection.Section
    ) -> (setting: String, remark: String) {
        let doubt = section.doubts.first { $0.column == column.name && (!$0.nulls.isEmpty || $0.areNumbers) }
        let nulls = doubt?.nulls.map(YAMLText.quoted).joined(separator: ", ") ?? ""
        let type = "type: \(doubt?.type ?? column.type)" + (nulls.isEmpty ? "" : ", null: [\(nulls)]")
        return (
            "\(YAMLText.quoted(column.name)): {\(type)}",
            doubt.map { "; without this, text because of '\(YAMLText.excerpt($0.value))'" } ?? ""
        )
    }

    /// The first column without NULL whose values in the sample are all different and whose name sounds like a key.
    private static func likelyKey(of section: Inspection.Section) -> String? {
        let candidates = section.columns.indices.filter { index in
            let values = section.rows.map { $0[index] }
            return !values.isEmpty && values.allSatisfy { $0?.isEmpty == false } && Set(values).count == values.count
        }
        let words = ["id", "key", "code", "sku", "number", "nr", "no", "ean", "uuid"]
        return candidates.map { section.columns[$0].name }.first { name in
            words.contains { name.lowercased().hasSuffix($0) }
        }
    }

    /// The file's name without its ending and without numbers, which change from delivery to delivery.
    private static func name(of source: String) -> String {
        if source == "-" { return "standard-input" }
        let stem = NameEnding.stem(of: source.split(separator: "/").last ?? source[...])
        let words = stem.split { !$0.isLetter }.joined(separator: "-")
        return words.isEmpty ? "source" : words.lowercased()
    }
}

extension NamePattern {
    /// A pattern that fits a file's name with other numbers in it: `prices-*.csv` of `prices-2024-11-01.csv`.
    static func of(_ name: String) -> String {
        var pattern = ""
        var rest = name[...]
        while let first = rest.first {
            let number = rest.prefix { $0.isNumber || pattern.hasSuffix("*") && "-_.T:".contains($0) }
            // A point before the ending is not part of a number.
            let digits =
                number.last.map { $0.isNumber } == true
                ? number : number.dropLast(number.reversed().prefix { !$0.isNumber }.count)
            if first.isNumber {
                if !pattern.hasSuffix("*") { pattern += "*" }
                rest = rest.dropFirst(max(1, digits.count))
            } else if "*?".contains(first) {
                pattern += "?"
                rest = rest.dropFirst()
            } else {
                pattern.append(first)
                rest = rest.dropFirst()
            }
        }
        // Numbers with only separators between them are one date or time.
        for separator in ["*-*", "*_*"] {
            while pattern.contains(separator) { pattern = pattern.replacing(separator, with: "*") }
        }
        return pattern
    }
}

enum YAMLText {
    /// A scalar that YAML reads as this very text.
    static func quoted(_ text: String) -> String {
        let isPlain =
            text.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_.\-]*/) != nil
            && !["yes", "no", "on", "off", "true", "false", "null", "y", "n"].contains(text.lowercased())
        if isPlain { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _
            where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFEFF
                || (0x2028...0x2029).contains(scalar.value) || scalar.properties.isNoncharacterCodePoint:
                let digits = String(scalar.value, radix: 16)
                result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A value on one line of a comment.
    static func excerpt(_ text: String) -> String {
        let line = text.prefix(30).unicodeScalars.reduce(into: "") { line, scalar in
            line += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return text.count > 30 ? "\(line) …" : line
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
