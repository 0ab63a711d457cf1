/// What reads a column's values as the numbers or dates that they seem to be: a guess changes no value, the user may.
package struct FormatAdvice: Sendable, Equatable {
    enum Kind { case amounts, numbers, dates, groupedNumbers }

    /// One way to read the values.
    struct Reading: Sendable, Equatable {
        /// Members of the column's mapping, such as `currency: "$"`.
        var members: [String]
        /// The member by which readings differ; empty for none.
        var member: String
        /// When it is the right one, of several: `the day comes first`.
        var condition = ""

        /// As waybill.yaml has it.
        var mapping: String { "{" + (members + [member]).filter { !$0.isEmpty }.joined(separator: ", ") + "}" }
    }

    /// The table's column, and the source's.
    package var column: String
    var source: String
    var kind: Kind
    /// A value as it stands in the source.
    var example: String
    /// A value that no reading fits.
    var stray: WrittenValues.Stray?
    /// The first is the likeliest; several where the values do not tell.
    var readings: [Reading]

    /// Whether the values are read in this way only.
    var isSure: Bool { readings.count == 1 && kind != .groupedNumbers }
    /// Whether other columns may stand in the same note.
    var isShared: Bool { kind == .groupedNumbers || isSure && stray == nil }
    /// Whether it is why the column is text.
    package var explainsText: Bool { kind != .groupedNumbers }
    /// The column in waybill.yaml, with the likeliest reading.
    var setting: String { "\(YAMLText.quoted(source)): \(readings[0].mapping)" }

    /// What the setting costs; empty for nothing.
    var remark: String {
        stray.map { "; line \($0.line), which has '\(YAMLText.excerpt($0.text))', is rejected then" } ?? ""
    }

    /// The other readings, and when each is the right one; empty where there is only one.
    var alternatives: String {
        readings.dropFirst().map { ", or \($0.member) if \($0.condition)" }.joined()
    }
}

extension [FormatAdvice] {
    /// What to add to waybill.yaml, and why; columns that want the same thing are named together.
    ///
    /// - Parameters:
    ///   - section: the section's name; empty if the source is one.
    ///   - initCommand: writes such a file; nil where none can.
    func notes(inSection section: String, initCommand: String?) -> [String] {
        var groups: [[FormatAdvice]] = []
        for advice in self {
            let place = groups.firstIndex { $0[0].kind == advice.kind && $0[0].isShared && advice.isShared }
            if let place { groups[place].append(advice) } else { groups.append([advice]) }
        }
        return groups.map { group in
            var setting = "columns: {\(group.map(\.setting).joined(separator: ", "))}"
            if !section.isEmpty { setting = "sections: {\(YAMLText.quoted(section)): {\(setting)}}" }
            let command = group[0].isSure ? initCommand : nil
            let file = command.map { "waybill.yaml ('\($0)' writes one)" } ?? "waybill.yaml"
            if group[0].readings.count > 1 { setting += " if \(group[0].readings[0].condition)" }
            return Self.reason(group) + ", add to \(file): \(setting)\(group[0].alternatives)\(group[0].remark)"
        }
    }

    private static func reason(_ group: [FormatAdvice]) -> String {
        let names = group.map(\.column).joined(separator: ", ")
        let (columns, have) = group.count == 1 ? ("column", "has") : ("columns", "have")
        let example = group[0].example
        let these = "\(columns) \(names) \(have)"
        switch group[0].kind {
        case .amounts: return "\(these) amounts such as \(example), which databases do not read; to store numbers"
        case .numbers: return "\(these) numbers such as \(example), which databases do not read; to store numbers"
        case .dates: return "\(these) dates such as \(example), which are not in ISO 8601; to store dates"
        case .groupedNumbers:
            let areRead = group.count == 1 ? "is read" : "are read"
            return
                "\(columns) \(names) \(areRead) with a decimal point, but other columns have decimal commas; "
                + "if \(example) is \(example.replacing(".", with: ""))"
        }
    }
}
