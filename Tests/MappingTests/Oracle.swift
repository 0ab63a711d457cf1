import Mapping

/// A mapping carried out with strings, one record after the other, without a thought for speed.
struct Oracle {
    let mapping: SectionMapping
    /// The values seen, by column.
    private var seen: [String: Set<String>] = [:]

    init(_ mapping: SectionMapping) { self.mapping = mapping }

    /// The rows that are kept, and for each reject its record, field and code.
    mutating func map(_ rows: [[String?]], from first: Int) -> (lines: [String], rejects: [String]) {
        var lines: [String] = []
        var rejects: [String] = []
        let names = MappingPropertyTests.names
        for (index, row) in rows.enumerated() {
            guard row.count == names.count else {
                rejects.append("\(first + index)  field_count")
                continue
            }
            var values: [String: String?] = [:]
            var failure: String?
            for (name, value) in zip(names, row) {
                let column = column(name)
                // A dropped column that is not named has no rules, and neither has it values to convert.
                let (result, code) = convert(value?.replacing("~", with: ""), column)
                values[name] = result
                if failure == nil, let code { failure = "\(first + index) \(name) \(code)" }
            }
            if failure == nil {
                failure = names.first { name in
                    column(name).unique && values[name].flatMap { $0 }.map { seen[name]?.contains($0) == true } == true
                }.map { "\(first + index) \($0) unique" }
            }
            if let failure {
                rejects.append(failure)
                continue
            }
            for name in names where column(name).unique {
                if let value = values[name].flatMap({ $0 }) { seen[name, default: []].insert(value) }
            }
            lines.append(line(values))
        }
        return (lines, rejects)
    }

    private func column(_ name: String) -> ColumnMapping { mapping.columns[name] ?? ColumnMapping() }

    private func line(_ values: [String: String?]) -> String {
        var known: [String: String?] = [:]
        var fields: [String?] = []
        for name in MappingPropertyTests.names {
            let isDropped = mapping.columns[name].map(\.drop) ?? (mapping.unlisted == .drop)
            if isDropped { continue }
            known[column(name).to ?? name] = values[name] ?? nil
            fields.append(values[name] ?? nil)
        }
        for (name, value) in mapping.constants.sorted(by: { $0.key < $1.key }) {
            known[name] = value
            fields.append(value)
        }
        for name in MappingPropertyTests.names where known[name] == nil { known[name] = values[name] ?? nil }
        for composed in mapping.compose {
            var text: String? = composed.template.replacing("{{", with: "\u{1}").replacing("}}", with: "\u{2}")
            // `}}}` closes a name first.
            text = text?.replacing("\u{2}}", with: "}\u{2}")
            for (name, value) in known where text?.contains("{\(name)}") == true {
                text = value.flatMap { value in text?.replacing("{\(name)}", with: value) }
            }
            let value = text?.replacing("\u{1}", with: "{").replacing("\u{2}", with: "}")
            known[composed.name] = value
            fields.append(value)
        }
        return fields.map { $0 ?? "∅" }.joined(separator: "|")
    }

    /// The value in the table, or the code of the rule that it breaks.
    private func convert(_ value: String?, _ column: ColumnMapping, isDefault: Bool = false) -> (String?, String?) {
        let isTyped = column.type != nil || column.format != nil || column.decimal != nil
        var value = value
        if column.trim || isTyped {
            value = value.map { text in
                let inner = text.unicodeScalars.drop { $0.properties.isWhitespace }
                return String(String.UnicodeScalarView(inner.reversed().drop { $0.properties.isWhitespace }.reversed()))
            }
        }
        if let text = value, (mapping.null + column.null).contains(text) { value = nil }
        guard let text = value else {
            if let text = column.default, !isDefault { return convert(text, column, isDefault: true) }
            return (nil, column.required ? "required" : nil)
        }
        if column.required, text.isEmpty { return (nil, "required") }
        guard let result = typed(text, column) else { return (nil, "format") }
        if let bound = column.min, precedes(result, bound) { return (nil, "range") }
        if let bound = column.max, precedes(bound, result) { return (nil, "range") }
        if let oneOf = column.oneOf, !oneOf.contains(result) { return (nil, "one_of") }
        if column.pattern != nil, !result.allSatisfy({ "abcdefghijklmnopqrstuvwxyz0123456789@.".contains($0) }) {
            return (nil, "pattern")
        }
        let length = result.unicodeScalars.count
        if length < column.minLength ?? 0 || length > column.maxLength ?? .max { return (nil, "length") }
        return (result, nil)
    }

    private func precedes(_ left: String, _ right: String) -> Bool {
        if let left = Int(left), let right = Int(right) { return left < right }
        return left < right
    }

    private func typed(_ text: String, _ column: ColumnMapping) -> String? {
        if column.type == .boolean {
            return ["true", "1"].contains(text.lowercased()) ? "1" : ["no"].contains(text.lowercased()) ? "0" : nil
        }
        if column.type == .integer { return text.wholeMatch(of: /-?[0-9]+/) == nil ? nil : text }
        if column.decimal != nil {
            let isNumber = text.wholeMatch(of: /-?([0-9]+|[1-9][0-9]{0,2}(\.[0-9]{3})+)(,[0-9]+)?/) != nil
            return isNumber ? text.replacing(".", with: "").replacing(",", with: ".") : nil
        }
        if let format = column.format {
            return switch (format, text) {
            case ("d-M-yy", "1-2-24"): "2024-02-01"
            case ("dd-MM-yyyy", "31-01-2024"): "2024-01-31"
            default: nil
            }
        }
        return text
    }
}
